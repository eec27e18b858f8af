import { expect, test } from "bun:test";
import fc from "fast-check";
import { cannotEnable, enableLinks, installSection } from "../../../.dagger/src/plan/unit-links.js";

const dir = "/usr/lib/systemd/system";

test("WantedBy and RequiredBy become links in /usr", () => {
  const unit =
    "[Unit]\nWantedBy=no.target\n[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=a.target b.target\nRequiredBy=c.target\n";
  expect(enableLinks("x.service", unit)).toEqual([
    { path: `${dir}/a.target.wants/x.service`, target: "../x.service" },
    { path: `${dir}/b.target.wants/x.service`, target: "../x.service" },
    { path: `${dir}/c.target.requires/x.service`, target: "../x.service" },
  ]);
});

test("an alias is a link beside the unit", () => {
  expect(enableLinks("x.service", "[Install]\nAlias=y.service\n")).toEqual([
    { path: `${dir}/y.service`, target: "x.service" },
  ]);
});

test("a template is enabled as its default instance, and not without one", () => {
  const text = "[Install]\nWantedBy=a.target\nDefaultInstance=one\n";
  expect(enableLinks("x@.service", text)).toEqual([
    { path: `${dir}/a.target.wants/x@one.service`, target: "../x@.service" },
  ]);
  expect(enableLinks("x@.service", "[Install]\nWantedBy=a.target\n")).toEqual([]);
});

test("comments, continued lines, Windows line ends and empty values are read as systemd does", () => {
  const text =
    "[Install]\r\n# WantedBy=no.target\r\n; nor this\r\nWantedBy=old.target\r\nWantedBy=\r\nWantedBy=a.target \\\r\n# between\r\n  b.target\r\n";
  expect(installSection(text).get("WantedBy")).toEqual(["a.target", "b.target"]);
});

test("a unit that cannot be enabled says why", () => {
  const unit = { name: "x.service", source: "files/x.service", enable: true };
  expect(cannotEnable(unit, "[Service]\nExecStart=/bin/true\n")).toMatchObject({ found: "no [Install]" });
  expect(cannotEnable(unit, "[Install]\nAlso=y.service\n")).toMatchObject({ found: "[Install] with Also" });
  expect(cannotEnable({ ...unit, enable: false }, "")).toBeUndefined();
});

test("no text makes it throw, and no link leaves the units' folder", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const { path } of enableLinks("x.service", `[Install]\nWantedBy=a.target\n${text}`))
        expect(path).toStartWith(dir);
    }),
  );
});
