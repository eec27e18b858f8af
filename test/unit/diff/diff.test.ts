import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HegemonikonError } from "../../../.dagger/src/errors.js";
import { type Contents, diff, type Package } from "../../../.dagger/src/plan/diff.js";
import { contentsOf, packagesOfSbom } from "../../../.dagger/src/plan/diff-read.js";
import { diffJson, diffMarkdown, diffText } from "../../../.dagger/src/plan/diff-text.js";
import { readBuildManifest } from "../../../.dagger/src/plan/release-manifest.js";

const deb = (name: string, version: string, arch = "amd64"): Package => ({ name, version, arch });

const before: Contents = {
  name: "registry.example/noos@v1.0.0",
  version: "v1.0.0",
  revision: "a".repeat(40),
  contentDigest: `sha256:${"1".repeat(64)}`,
  packages: [
    deb("openssl", "3.0.13-0ubuntu3.4"),
    deb("curl", "8.5.0-2"),
    deb("strace", "6.5-1"),
    deb("tzdata", "2024b", "all"),
    deb("libc6", "2.39-0ubuntu8.6"),
    deb("libc6", "2.39-0ubuntu8.6", "i386"),
    deb("podman", "4.9.3-1"),
  ],
  kernel: "6.14.0-29-generic",
  entries: new Map([
    ["/boot/vmlinuz-6.14.0-29-generic", "k1"],
    ["/system/oem/90_noos.yaml", "a"],
    ["/usr/bin/strace", "s"],
    ["/usr/lib/systemd/system/local-ai.service", "u1"],
    ["/usr/lib/systemd/system/old.service", "u"],
    ["/etc/kairos-release", "v1"],
  ]),
  sources: new Map([["local-ai", "v4.8.2"]]),
  sizes: { image: 3 * 1024 ** 3, medium: 1024 ** 3 },
};

const after: Contents = {
  ...before,
  name: "this build",
  version: "v1.1.0-rc.1",
  contentDigest: `sha256:${"2".repeat(64)}`,
  packages: [
    deb("openssl", "3.0.13-0ubuntu3.5"),
    deb("curl", "8.6.0-1"),
    deb("tzdata", "2024b", "all"),
    deb("libc6", "2.39-0ubuntu8.6"),
    deb("libc6", "2.39-0ubuntu8.7", "i386"),
    deb("podman", "4.9.2-1"),
    deb("gdb", "15.0-1"),
  ],
  kernel: "6.14.0-33-generic",
  entries: new Map([
    ["/boot/vmlinuz-6.14.0-33-generic", "k2"],
    ["/system/oem/90_noos.yaml", "b"],
    ["/usr/lib/systemd/system/local-ai.service", "u2"],
    ["/usr/lib/systemd/system/new.timer", "u"],
    ["/etc/kairos-release", "v2"],
  ]),
  sources: new Map([
    ["local-ai", "v4.9.0"],
    ["k0s", "v1.35.0+k0s.0"],
  ]),
  sizes: { image: 3 * 1024 ** 3 + 10 * 1024 ** 2, medium: 1024 ** 3 },
};

describe("diff", () => {
  const difference = diff("noos", before, after);

  test("sorts packages by what happened to them", () => {
    expect(difference.packages).toEqual({
      fixed: [
        { name: "libc6:i386", before: "2.39-0ubuntu8.6", after: "2.39-0ubuntu8.7" },
        { name: "openssl", before: "3.0.13-0ubuntu3.4", after: "3.0.13-0ubuntu3.5" },
      ],
      upgraded: [{ name: "curl", before: "8.5.0-2", after: "8.6.0-1" }],
      downgraded: [{ name: "podman", before: "4.9.3-1", after: "4.9.2-1" }],
      added: [{ name: "gdb", version: "15.0-1" }],
      removed: [{ name: "strace", version: "6.5-1" }],
    });
  });

  test("tells units from files, and sees kernel, sources and sizes", () => {
    expect(difference.kernel).toEqual({ before: "6.14.0-29-generic", after: "6.14.0-33-generic" });
    expect(difference.units).toEqual({
      added: ["/usr/lib/systemd/system/new.timer"],
      removed: ["/usr/lib/systemd/system/old.service"],
      changed: ["/usr/lib/systemd/system/local-ai.service"],
    });
    expect(difference.files.changed).toEqual(["/etc/kairos-release", "/system/oem/90_noos.yaml"]);
    expect(difference.files.removed).toEqual(["/boot/vmlinuz-6.14.0-29-generic", "/usr/bin/strace"]);
    expect(difference.sources).toEqual([
      { name: "k0s", before: "", after: "v1.35.0+k0s.0" },
      { name: "local-ai", before: "v4.8.2", after: "v4.9.0" },
    ]);
  });

  test("the text has security first and the role's files before others", () => {
    expect(diffText(difference)).toBe(`noos: registry.example/noos@v1.0.0 → this build

Kernel and sources
  kernel 6.14.0-29-generic → 6.14.0-33-generic
  k0s none → v1.35.0+k0s.0
  local-ai v4.8.2 → v4.9.0

Packages: stable and security fixes (2)
  libc6:i386 2.39-0ubuntu8.6 → 2.39-0ubuntu8.7
  openssl 3.0.13-0ubuntu3.4 → 3.0.13-0ubuntu3.5

Packages: upgraded (1)
  curl 8.5.0-2 → 8.6.0-1

Packages: downgraded (1)
  podman 4.9.3-1 → 4.9.2-1

Packages: added (1)
  gdb 15.0-1

Packages: removed (1)
  strace 6.5-1

Units (3)
  + new.timer
  - old.service
  ~ local-ai.service

Files (5)
  ~ /system/oem/90_noos.yaml
  + /boot/vmlinuz-6.14.0-33-generic
  - /boot/vmlinuz-6.14.0-29-generic
  - /usr/bin/strace
  ~ /etc/kairos-release

Sizes
  image 3.0 GiB → 3.0 GiB (+10.0 MiB)
  medium 1.0 GiB, unchanged
`);
  });

  test("the release notes escape what Markdown would format and fold long lists", () => {
    const many = Array.from({ length: 30 }, (_, i) => deb(`lib_x${i}`, "1.0~rc1*"));
    const text = diffMarkdown(diff("noos", before, { ...after, packages: [...after.packages, ...many] }));
    expect(text).toStartWith("### noos: `v1.0.0` → `v1.1.0-rc.1`\n\n**Kernel and sources**\n\n- kernel ");
    expect(text).toContain("- lib\\_x0 1.0\\~rc1\\*");
    expect(text).toContain("<details><summary><b>Packages: added (31)</b></summary>");
    expect(text).toContain("- \\+ new.timer");
  });

  test("JSON is complete", () => {
    const entries = new Map(Array.from({ length: 100 }, (_, i): [string, string] => [`/f/${i}`, "x"]));
    const long = diff("noos", before, { ...after, entries });
    expect(JSON.parse(diffJson(long)).files.added).toHaveLength(100);
    expect(diffText(long)).toContain("and 84 more (--format=json lists them)");
  });

  test("the same content is nothing to upgrade to", () => {
    const same = diff("noos", before, { ...before, name: "this build", revision: "b".repeat(40) });
    expect(same.same).toBe(true);
    expect(diffText(same)).toBe(
      `noos: registry.example/noos@v1.0.0 → this build\nNothing changes: the content is the same (${before.contentDigest}).\n`,
    );
  });

  test("a difference with itself is empty, and swapping the sides swaps what was added and removed", () => {
    const pkg = fc.record({
      name: fc.constantFrom("a", "b", "c"),
      version: fc.constantFrom("1.0-1", "1.0-1+deb12u1", "2.0-1"),
      arch: fc.constantFrom("amd64", "all"),
    });
    const side = fc.array(pkg, { maxLength: 4 });
    fc.assert(
      fc.property(side, side, (a, b) => {
        const of = (packages: Package[]): Contents => ({ ...before, packages });
        const there = diff("x", of(a), of(b)).packages;
        const back = diff("x", of(b), of(a)).packages;
        expect(there.added).toEqual(back.removed);
        expect(there.fixed.length + there.upgraded.length).toBe(back.downgraded.length);
        expect(diff("x", of(a), of(a)).packages).toEqual({
          fixed: [],
          upgraded: [],
          downgraded: [],
          added: [],
          removed: [],
        });
      }),
    );
  });
});

describe("a build's contents", () => {
  test("are read from its manifest and listing", () => {
    const digest = `sha256:${"3".repeat(64)}`;
    const manifest = readBuildManifest(
      "manifest.json",
      JSON.stringify({
        node: "protos",
        version: "v1.0.0",
        contentDigest: digest,
        kernel: "6.8.0",
        packages: [deb("bash", "5.2-1")],
        sources: [
          { name: "k0s", address: "https://e.org/d/v1.34.10%2Bk0s.0/k0s-v1.34.10-amd64", digest, standin: false },
          { name: "ubuntu", address: "docker.io/library/ubuntu:24.04", digest: null, standin: false },
        ],
        sizes: { image: 5, medium: 6, paths: 7 },
      }),
    );
    const listing = "f\t755\t0:0\t9\tabc\t/usr/bin/a b\nl\t777\t0:0\t-\ttarget\t/usr/bin/l\n";
    expect(contentsOf("here", manifest, listing)).toEqual({
      name: "here",
      version: "v1.0.0",
      revision: "",
      contentDigest: digest,
      packages: [deb("bash", "5.2-1")],
      kernel: "6.8.0",
      entries: new Map([
        ["/usr/bin/a b", "f 755 0:0 9 abc"],
        ["/usr/bin/l", "l 777 0:0 0 target"],
      ]),
      sources: new Map([
        ["k0s", "k0s-v1.34.10-amd64 (333333333333)"],
        ["ubuntu", "24.04"],
      ]),
      sizes: { image: 5, medium: 6 },
    });
  });
});

describe("packages of an SBOM", () => {
  test("are read from purls, escapes and qualifiers included", () => {
    const purls = [
      "pkg:deb/ubuntu/libstdc%2B%2B6@14.2.0-4ubuntu2~24.04?arch=amd64&distro=ubuntu-24.04&upstream=gcc-14",
      "pkg:deb/debian/login@1%3A4.13%2Bdfsg1-1?arch=amd64",
      "pkg:deb/debian/tzdata@2024b",
      "pkg:golang/github.com/x/y@v1.0.0",
    ];
    const components = [...purls.map((purl) => ({ type: "library", purl })), { type: "file", name: "/a" }, null];
    expect(packagesOfSbom("sbom", JSON.stringify({ components }))).toEqual([
      deb("libstdc++6", "14.2.0-4ubuntu2~24.04"),
      deb("login", "1:4.13+dfsg1-1"),
      deb("tzdata", "2024b", ""),
    ]);
  });

  test("what is no SBOM is named", () => {
    expect(() => packagesOfSbom("sbom.cdx.json", "<html>")).toThrow(HegemonikonError);
    expect(() => packagesOfSbom("sbom.cdx.json", "{}")).toThrow(/sbom\.cdx\.json: found no list named components/);
  });
});
