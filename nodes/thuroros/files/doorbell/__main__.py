"""`python3 -m doorbell`: the same as the command `doorbell`."""

import sys

from doorbell.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
