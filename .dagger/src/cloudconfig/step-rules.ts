import { hostname } from "./hostname.js";
import { textFinding } from "./leaf.js";
import { mainStage, STAGES_BEFORE_NETWORK } from "./stages.js";
import { at, entries, exists, isSet, items, textOf, type View } from "./view.js";
import { type Finding, type Found, named, quote } from "./words.js";

/** What upstream does with one step, beyond the types of its keys. */
export function stepFindings(stage: string, step: View): Found[] {
  return [
    ...["files", "downloads", "directories"].flatMap((key) => items(at(step, key)).flatMap(permissionFindings)),
    ...items(at(step, "files")).flatMap(contentFindings),
    ...keyFindings(stage, step),
    ...userFindings(step),
    ...layoutFindings(at(step, "layout")),
    ...datasourceFindings(at(step, "datasource")),
    ...firstbootFindings(at(step, "systemd_firstboot", "hostname")),
  ];
}

/** yip sets the mode it is given, and 0 where it is given none. */
export function permissionFindings(file: View): Found[] {
  if (!exists(at(file, "path")) || exists(at(file, "permissions"))) return [];
  const finding: Finding = {
    rule: "cloud-config/permissions",
    severity: "warning",
    message: `${named(file.path)} has no permissions`,
    found: `no permissions for ${quote(textOf(at(file, "path")) ?? "")}`,
    expected: file.path.includes("write_files") ? 'permissions: "0644"' : "permissions: 0644",
    reason: "yip sets 0000 then: only root can read the file, and nothing can run it",
  };
  return [{ view: at(file, "path"), finding }];
}

/** A content that does not decode is not written at all. */
export function contentFindings(file: View): Found[] {
  const encoding = textOf(at(file, "encoding"));
  const content = at(file, "content");
  const text = textOf(content);
  if (!encoding || text === undefined || !/b64|base64/.test(encoding)) return [];
  const bare = text.replace(/[\r\n]/g, "");
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(bare) && bare.length % 4 === 0) return [];
  const finding: Finding = {
    rule: "cloud-config/encoding",
    message: `${named(content.path)} is not base64`,
    found: quote(text),
    expected: "standard base64 with padding",
    reason: "yip writes no file whose content it cannot decode",
  };
  return [{ view: content, finding }];
}

function keyFindings(stage: string, step: View): Found[] {
  if (!STAGES_BEFORE_NETWORK.includes(mainStage(stage))) return [];
  const lists = [
    ...entries(at(step, "authorized_keys")).map(([, keys]) => keys),
    ...entries(at(step, "users")).map(([, user]) => at(user, "ssh_authorized_keys")),
  ];
  return lists.flatMap(items).flatMap((key) => {
    const text = textOf(key) ?? "";
    if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(text)) return [];
    const finding: Finding = {
      rule: "cloud-config/key-needs-network",
      severity: "warning",
      message: `A key that is fetched from the network, in the stage ${stage}`,
      found: quote(text),
      expected: "the key itself, or the key under stages.network, or the user in the top-level users",
      reason: `${stage} runs before there is a network, and yip drops the error: the user would have no key`,
    };
    return [{ view: key, finding }];
  });
}

function userFindings(step: View): Found[] {
  return entries(at(step, "users")).flatMap(([name, user]) => {
    const inner = textOf(at(user, "name"));
    if (inner === undefined || inner === name) return [];
    const finding: Finding = {
      rule: "cloud-config/ignored",
      severity: "warning",
      message: `${named(user.path)}.name has no effect`,
      found: quote(inner),
      expected: quote(name),
      reason: "in a stage, the key of the mapping is the login name",
    };
    return [{ view: at(user, "name"), finding }];
  });
}

function layoutFindings(layout: View): Found[] {
  if (!exists(layout)) return [];
  const device = at(layout, "device");
  const [path, label] = [at(device, "path"), at(device, "label")];
  const found: Found[] = [];
  const say = (view: View, message: string, expected: string, reason: string, what = "none") =>
    found.push({ view, finding: { rule: "cloud-config/layout", message, found: what, expected, reason } });
  if (!exists(path) && !exists(label)) {
    say(layout, `${named(layout.path)} names no disk`, "device.path or device.label", "yip then changes nothing");
  } else if (isSet(at(device, "init_disk")) && (!exists(path) || exists(label))) {
    const what = exists(path) ? "path and label" : "label only";
    say(device, "init_disk needs a path and no label", "device.path only", "yip refuses to initialise the disk", what);
  }
  for (const part of items(at(layout, "add_partitions"))) {
    const name = textOf(at(part, "fsLabel")) ?? "";
    if (textOf(at(part, "filesystem")) === "xfs" && name.length > 12) {
      say(at(part, "fsLabel"), "The label is too long for xfs", "at most 12 characters", "yip refuses it", quote(name));
    }
  }
  return found;
}

function datasourceFindings(source: View): Found[] {
  const file = items(at(source, "providers")).find((provider) => textOf(provider) === "file");
  if (!file || exists(at(source, "path"))) return [];
  const finding: Finding = {
    rule: "cloud-config/datasource",
    message: "The data source file has no path",
    found: "no datasource.path",
    expected: "datasource.path: the file to read",
    reason: "yip skips the data source then",
  };
  return [{ view: file, finding }];
}

/** The arguments of systemd-firstboot are any; this one of them is a host name as everywhere. */
function firstbootFindings(view: View): Found[] {
  const text = textOf(view);
  const finding = text === undefined ? undefined : textFinding(text, hostname("Host name"), named(view.path));
  return finding ? [{ view, finding }] : [];
}
