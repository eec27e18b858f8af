import { describe, expect, test } from "bun:test";
import { anyJobOf, believedJobOf, releaseJobOf } from "../../../.dagger/src/plan/release-identity.js";
import { believedBy, type NoteChanges, type NoteParts, releaseNotes } from "../../../.dagger/src/plan/release-notes.js";
import { earlierReleases, releasedMedium, releaseProblems } from "../../../.dagger/src/plan/release-plan.js";

const HEAD = "a".repeat(40);
const good = {
  tag: "v1.2.3",
  tags: ["v1.2.2", "v1.2.3"],
  tagged: HEAD,
  head: HEAD,
  clean: true,
  changed: [],
  uncommitted: [],
};

describe("a release", () => {
  test("is of a tag on HEAD, and of a clean tree", () => {
    expect(releaseProblems(good)).toEqual([]);
    const bad = { ...good, tagged: "b".repeat(40), clean: false, changed: [..."abcdefg"] };
    expect(releaseProblems(bad)).toEqual([
      "tag: found v1.2.3 on bbbbbbbbbbbb, expected it on HEAD, aaaaaaaaaaaa: check it out first",
      "working tree: found changes that are not committed (a, b, c, d, e and 2 more), expected none: what is released is what the tag names. Where git status shows none, a file's lines end in CR LF here and in LF in git: rm FILE && git checkout -- FILE",
    ]);
    expect(releaseProblems({ ...good, tag: "1.2.3" })).toEqual([
      'tag: found "1.2.3", expected a semantic version with a leading v, e.g. v1.2.3 or v1.2.3-rc.1',
    ]);
    // What is not clean is named once.
    const ignored = { ...good, uncommitted: ["nodes/noos/files/app"] };
    expect(releaseProblems(ignored)[0]).toStartWith(
      "working tree: found nodes/noos/files/app, which git ignores, expected",
    );
    expect(releaseProblems({ ...ignored, clean: false })).toHaveLength(1);
    for (const tag of ["v1.2.3+meta", "v1.3.0-edge.1"]) {
      expect(releaseProblems({ ...good, tag, tags: [tag] })).toEqual([
        expect.stringMatching(
          /^tag: found "?v1\.[^,]*, expected (a version without build metadata|another name than edge)/,
        ),
      ]);
    }
    expect(releaseProblems({ ...good, tag: "v2.0.0", tagged: "" })).toEqual([
      "tag: found no v2.0.0 in this repository, expected it on HEAD: git tag v2.0.0",
    ]);
  });

  test("may be compared with those before it, the newest first", () => {
    const tags = [
      "v1.0.0",
      "v1.10.0",
      "v1.9.0",
      "v2.0.0-rc.1",
      "v2.0.0-rc.2",
      "latest",
      "1.11.0",
      "v3.0.0",
      "v1.9.5+5",
    ];
    const releases = ["v1.10.0", "v1.9.0", "v1.0.0"];
    expect(earlierReleases("v2.0.0", tags)).toEqual(releases);
    expect(earlierReleases("v2.0.0-rc.2", tags)).toEqual(["v2.0.0-rc.1", ...releases]);
    expect(earlierReleases("v2.0.0-rc.1", tags)).toEqual(releases);
    expect(earlierReleases("v1.0.0", tags)).toEqual([]);
  });

  test("splits what GitHub does not take, and says how to join it", () => {
    const GiB = 1024 ** 3;
    expect(releasedMedium("a.iso", 2 * GiB - 1)).toMatchObject({
      name: "a.iso",
      bytes: 2 * GiB - 1,
      parts: 1,
      join: undefined,
    });
    expect(releasedMedium("a.iso", 4 * GiB)).toMatchObject({
      name: "a.iso",
      bytes: 4 * GiB,
      parts: 3,
      join: "cat a.iso.part-* > a.iso && grep -h ' a.iso$' *SHA256SUMS | sha256sum --check",
    });
  });

  test("that a job signed is believed by that job's identity, and by no other's", () => {
    const flag = believedBy("keyless", "https://github.com/a/b", "v1.2.3");
    expect(flag).toBe(
      "--identity='^https://github\\.com/a/b/\\.github/workflows/release\\.yaml@refs/tags/v1\\.2\\.3$'",
    );
    const identity = new RegExp(releaseJobOf("https://github.com/a/b", "v1.2.3+5"));
    const job = "https://github.com/a/b/.github/workflows/release.yaml@refs/tags/v1.2.3+5";
    expect(identity.test(job)).toBe(true);
    for (const other of [
      job.replace("release.yaml", "other.yaml"),
      job.replace("tags/v1.2.3+5", "heads/branch"),
      job.replace("github.com", "githubxcom"),
      `${job}0`,
    ]) {
      expect([other, identity.test(other)]).toEqual([other, false]);
    }
    const any = new RegExp(anyJobOf("https://github.com/a/b"));
    expect([any.test(job), any.test(job.replace("a/b", "a/bc"))]).toEqual([true, false]);
    expect(believedJobOf("https://github.com/a/b", undefined)).toBe(anyJobOf("https://github.com/a/b"));
    expect(believedJobOf("https://github.com/a/b", "v1.2.3")).toBe(releaseJobOf("https://github.com/a/b", "v1.2.3"));
    for (const same of ["https://github.com/a/b/", "https://github.com/a/b.git", "https://github.com/a/b.git/"]) {
      expect(anyJobOf(same)).toBe(anyJobOf("https://github.com/a/b"));
      expect(releaseJobOf(same, "v1.2.3")).toBe(releaseJobOf("https://github.com/a/b", "v1.2.3"));
    }
  });

  test("has notes with what a person does next", () => {
    const published = {
      node: "noos",
      version: "v1.2.3",
      repository: "ghcr.io/a/noos",
      digest: "sha256:1",
      contentDigest: "sha256:2",
      pushed: true,
      references: [],
    };
    const medium = releasedMedium("noos-v1.2.3.iso", 1024 ** 3);
    const parts: NoteParts = {
      node: "noos",
      role: "Local AI",
      version: "v1.2.3",
      medium,
      published,
      believed: believedBy("key", "", "v1.2.3"),
      changes: { kind: "first" },
      proof: "3 of 3",
    };
    const notes = releaseNotes(parts);
    expect(notes).toContain("kairos-agent upgrade --source oci:ghcr.io/a/noos:v1.2.3");
    expect(notes).toContain("`noos-v1.2.3.iso`, 1.0 GiB");
    expect(notes).toContain("- Booted: 3 of 3");
    expect(notes).toContain("dagger call verify --node=noos --reference=ghcr.io/a/noos:v1.2.3 --key=cosign.pub");
    expect(notes).toEndWith("### noos: v1.2.3\n\nThe first release of this node.\n");
    const without = (changes: NoteChanges) => releaseNotes({ ...parts, changes }).split("### noos: v1.2.3\n\n")[1];
    expect(without({ kind: "none published" })).toBe(
      "No earlier release is published in `ghcr.io/a/noos`: there is nothing to compare this one with.\n",
    );
    expect(without({ kind: "unreadable", before: "v1.2.2", why: "its manifest is gone" })).toBe(
      "What changed since v1.2.2 cannot be said: its manifest is gone.\n",
    );
  });
});
