import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(import.meta.dir, "../../../.dagger/src/image/scripts/apply-role.sh");

/** What takes the place of tar: `-cf` packs, `-xpf` unpacks. Nothing is laid over this machine's own files. */
const TAR = `#!/bin/sh
case " $* " in
    *" -cf "*) echo an archive && exit "$PACKING" ;;
    *" -xpf "*) cat > /dev/null && exit "$UNPACKING" ;;
esac
`;

/** Runs apply-role.sh with a tar that ends so; whether it went on to stamp the version (which sorts it). */
function applied(packing: number, unpacking: number) {
  const bin = mkdtempSync(join(tmpdir(), "apply-role-"));
  writeFileSync(join(bin, "tar"), TAR, { mode: 0o755 });
  writeFileSync(join(bin, "sort"), `#!/bin/sh\n: > ${bin}/stamped\n`, { mode: 0o755 });
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    SOURCE_DATE_EPOCH: "0",
    PACKING: String(packing),
    UNPACKING: String(unpacking),
  };
  const ran = spawnSync(script, ["/role"], { env, encoding: "utf8" });
  return { status: ran.status, said: ran.stderr, stamped: existsSync(join(bin, "stamped")) };
}

test("a role is laid over the image whole, or the step fails: also where packing it failed and unpacking did not", () => {
  expect(applied(0, 0)).toEqual({ status: 0, said: "", stamped: true });
  expect(applied(2, 0)).toEqual({
    status: 1,
    said: "apply-role: not all of the role could be read\n",
    stamped: false,
  });
  expect(applied(0, 2)).toMatchObject({ status: 2, stamped: false });
});
