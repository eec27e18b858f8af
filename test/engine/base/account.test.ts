import { expect, test } from "bun:test";
import { type Container, dag, type Platform } from "@dagger.io/dagger";
import { base } from "../../../.dagger/src/image/base.js";
import { nodeImage, onEngine } from "../build/engine";

// The account that Ubuntu's container image has from 23.04 on, and the stand-in has as well.

const DATABASES = ["passwd", "group", "shadow", "gshadow", "subuid", "subgid"].map((name) => `/etc/${name}`);

/** The lines of the account databases that name the account, and the folders of people. */
const traces = async (container: Container): Promise<string[]> => {
  const script = `grep -s ubuntu ${DATABASES.join(" ")}; ls -A /home; exit 0`;
  return (await container.withExec(["sh", "-c", script]).stdout()).split("\n").filter((line) => line !== "");
};

test("the user of the base image is gone from a node's base without a trace, and nobody else is", async () => {
  await onEngine(async () => {
    const { head } = (await nodeImage("kairos")).recipe;
    const fresh = dag.container({ platform: head.platform as Platform }).from(head.base.address);
    const made = base(head);
    expect(await traces(fresh)).toContain("/etc/passwd:ubuntu:x:1000:1000:Ubuntu:/home/ubuntu:/bin/bash");
    expect(await traces(made)).toEqual([]);
    const [before, after] = await Promise.all([fresh, made].map((one) => one.file("/etc/passwd").contents()));
    expect(after).toBe(before?.replace(/^ubuntu:.*\n/m, ""));
    const modes = (one: Container) => one.withExec(["stat", "-c", "%n %a %U:%G", ...DATABASES.slice(0, 4)]).stdout();
    expect(await modes(made)).toBe(await modes(fresh));
  });
});
