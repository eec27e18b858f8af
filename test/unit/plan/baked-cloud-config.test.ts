import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { Document, isNode, parse, visit } from "yaml";
import { bakedCloudConfig } from "../../../.dagger/src/plan/baked-cloud-config.js";
import { roleEntries } from "../../../.dagger/src/plan/role.js";
import { input } from "./inputs";

const HARD = `# before

#cloud-config
# yaml-language-server: $schema=x
a: |   # why

  # content
  x   

# after
b: >-
  folded
  # content
   more
c: |+
  keep


# end
d: { x: 1, # in flow
  # a line
  y: "a # no
    # no comment" }   
e:
  - 0644 # mode
  -   # sub
    k: v#x
f: plain
  goes on

  here # c
g: 'q''
  # in'
h: |
  the end  `;

const BAKED = `#cloud-config
a: |

  # content
  x   
b: >-
  folded
  # content
   more
c: |+
  keep


d: { x: 1,
  y: "a # no
    # no comment" }
e:
  - 0644
  -
    k: v#x
f: plain
  goes on

  here
g: 'q''
  # in'
h: |
  the end  `;

test("comments, blank lines and spaces at a line's end are left out, the header and what means something are not", () => {
  expect(bakedCloudConfig(HARD)).toBe(BAKED);
  expect(bakedCloudConfig(HARD.replaceAll("\n", "\r\n"))).toBe(BAKED);
  expect(parse(bakedCloudConfig(HARD))).toEqual(parse(HARD));
  expect(bakedCloudConfig("a: 1 # no header\n")).toBe("a: 1\n");
  expect(bakedCloudConfig("# cloud-config\na: [1 # cannot be read\n")).toBe("# cloud-config\na: [1 # cannot be read\n");
});

test("whatever the values are, they stay, and nothing more is left out of what was baked", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (value, comment) => {
      const document = new Document(value);
      visit(document, (_, node) => {
        if (isNode(node)) Object.assign(node, { commentBefore: comment, spaceBefore: true });
      });
      const baked = bakedCloudConfig(document.toString());
      expect(parse(baked)).toEqual(parse(document.toString()));
      expect(bakedCloudConfig(baked)).toBe(baked);
    }),
  );
});

test("this is what the role's layer holds of each node", () => {
  const nodes = join(import.meta.dir, "../../../nodes");
  for (const name of readdirSync(nodes)) {
    const text = readFileSync(join(nodes, name, "cloud-config.yaml"), "utf8");
    const entries = roleEntries(input({}, {}, text));
    expect(entries.find(({ path }) => path === "/system/oem/90_probe.yaml")).toMatchObject({
      text: bakedCloudConfig(text),
    });
    expect(bakedCloudConfig(text)).not.toMatch(/\n\s*#/);
    expect(parse(bakedCloudConfig(text))).toEqual(parse(text));
  }
});
