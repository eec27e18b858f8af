import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

// no-base-user.sh on the account databases of Ubuntu's container images.

const script = join(import.meta.dir, "../../../.dagger/src/image/scripts/no-base-user.sh");
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "no-base-user-"));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text: string, mode = 0o644) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { mode });
}
const read = (path: string) => readFileSync(join(root, path), "utf8");
function run(name = "ubuntu"): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync([script, name, root]);
  expect([exitCode, String(stderr)]).toEqual([0, ""]);
  return String(stdout);
}

// 22.04, which has no such user.
const jammy = {
  "etc/passwd": "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:ubuntu:/nonexistent:/usr/sbin/nologin\n",
  "etc/shadow": "root:*:20454:0:99999:7:::\nnobody:*:20454:0:99999:7:::\n",
  "etc/group": "root:x:0:\nadm:x:4:\nsudo:x:27:\nplugdev:x:46:\n",
  "etc/gshadow": "root:*::\nadm:*::\nsudo:*::\nplugdev:*::\n",
};
// 24.04: what useradd adds to that.
const noble = {
  "etc/passwd": `${jammy["etc/passwd"]}ubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash\n`,
  "etc/shadow": `${jammy["etc/shadow"]}ubuntu:!:20454:0:99999:7:::\n`,
  "etc/group": "root:x:0:\nadm:x:4:ubuntu\nsudo:x:27:ubuntu\nplugdev:x:46:ubuntu\nubuntu:x:1000:\n",
  "etc/gshadow": "root:*::\nadm:*::ubuntu\nsudo:*::ubuntu\nplugdev:*::ubuntu\nubuntu:!::\n",
};

function lay(files: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(files)) put(path, text, path.includes("shadow") ? 0o640 : 0o644);
}

test("24.04 becomes 22.04: no line, member, home or mail of the account is left, and no copy, lock or other mode", () => {
  lay(noble);
  put("etc/subuid", "ubuntu:100000:65536\n");
  put("etc/subgid", "ubuntu:100000:65536\n");
  put("home/ubuntu/.bashrc", "x");
  put("var/mail/ubuntu", "x");
  expect(run()).toContain("account ubuntu is taken away");
  for (const [path, text] of Object.entries(jammy)) {
    expect([path, read(path)]).toEqual([path, text]);
    expect(statSync(join(root, path)).mode & 0o777).toBe(path.includes("shadow") ? 0o640 : 0o644);
  }
  expect([read("etc/subuid"), read("etc/subgid")]).toEqual(["", ""]);
  expect(readdirSync(join(root, "etc")).sort()).toEqual([
    ...["group", "gshadow", "passwd", "shadow", "subgid", "subuid"],
  ]);
  expect([readdirSync(join(root, "home")), readdirSync(join(root, "var/mail"))]).toEqual([[], []]);
});

test("others of a group stay in it, and one whose name only begins alike stays whole", () => {
  const others = {
    "etc/passwd": "ubuntu:x:1000:1000::/home/ubuntu:/bin/sh\nubuntu-2:x:1001:1001::/home/ubuntu-2:/bin/sh\n",
    "etc/group": "adm:x:4:a,ubuntu,b\nsudo:x:27:ubuntu,ubuntu-2\nubuntu-2:x:1001:\nubuntu:x:1000:\n",
    "etc/gshadow": "adm:*:ubuntu,a:a,ubuntu,b\n",
  };
  lay(others);
  put("home/ubuntu-2/x", "x");
  run();
  expect(read("etc/passwd")).toBe("ubuntu-2:x:1001:1001::/home/ubuntu-2:/bin/sh\n");
  expect(read("etc/group")).toBe("adm:x:4:a,b\nsudo:x:27:ubuntu-2\nubuntu-2:x:1001:\n");
  expect(read("etc/gshadow")).toBe("adm:*:a:a,b\n");
  expect(existsSync(join(root, "home/ubuntu-2/x"))).toBe(true);
});

test("a base without the account is left as it is", () => {
  lay(jammy);
  put("home/ubuntu/kept", "x");
  const before = statSync(join(root, "etc/passwd")).mtimeMs;
  expect(run()).toBe("");
  for (const [path, text] of Object.entries(jammy)) expect(read(path)).toBe(text);
  expect(statSync(join(root, "etc/passwd")).mtimeMs).toBe(before);
  expect(existsSync(join(root, "home/ubuntu/kept"))).toBe(true);
});

test("a home outside of /home is nobody's to remove", () => {
  lay({ "etc/passwd": "ubuntu:x:1000:1000::/:/bin/sh\n" });
  put("usr/x", "x");
  run();
  expect([read("etc/passwd"), read("usr/x")]).toEqual(["", "x"]);
});
