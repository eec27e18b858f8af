# shellcheck shell=bash disable=SC2154 # set where it is sourced
# What to-port tells the host of the role, and of the boot.
state=$(mktemp -d)
"$lib/run" "$share/assertions.tsv" "$state" "$scale" proof
"$lib/print-tap" "$state"
! grep -qxF false "$state"/*/holds
code=$?
if [ $code != 0 ]; then
    send failed-units.txt systemctl --no-pager --failed --full
    send journal.txt journalctl --no-pager --boot --lines=200 --output=short-monotonic
fi
# systemd-analyze knows nothing before the boot's last job is done, and a device that does not come is waited for 90 s
timeout $((100 * scale)) systemctl is-system-running --wait > /dev/null
if [ $? = 124 ]; then
    send boot-unfinished.txt systemctl --no-pager list-jobs
else
    send time.txt systemd-analyze time
    send blame.txt systemd-analyze --no-pager blame
    send critical-chain.txt systemd-analyze --no-pager critical-chain
    send plot.svg systemd-analyze plot
fi
finish $code
