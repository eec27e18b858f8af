import type { Span } from "../errors.js";
import { type ParsedYaml, parseYaml } from "../yaml/parse.js";
import { places } from "./places.js";
import { at, entries, exists, isSet, items, rootOf, steps, textOf, type View } from "./view.js";

/** A text of a cloud-config and where it stands. */
export type Located = { readonly value: string; readonly span?: Span };

/** A user that a cloud-config declares. `stage` is absent for the top-level list. */
export type DeclaredUser = {
  readonly name: string;
  readonly span?: Span;
  readonly stage?: string;
  /** In the group admin, which kairos-agent asks for and which may use sudo. */
  readonly admin: boolean;
  /** The value of passwd and its place, where there is one. */
  readonly passwd?: Located;
  readonly locked: boolean;
  readonly keys: readonly Located[];
};

/** A password that no one can log in with: locked, as shadow(5) has it. */
export const LOCKED = /^[!*]+$/;

/** A path that a cloud-config writes to. `stage` is absent for write_files. */
export type WrittenFile = {
  readonly path: string;
  readonly span?: Span;
  readonly stage?: string;
  readonly by: "files" | "write_files" | "downloads" | "directories" | "unpack_images" | "git" | "overrides";
  readonly content?: string;
};

/** A cloud-config, as text or already parsed. What cannot be read holds nothing. */
export type Source = string | ParsedYaml;

/** The host names a cloud-config sets: at its top, in its stages and by systemd-firstboot. */
export function hostnamesOf(source: Source): Located[] {
  const file = open(source);
  return [
    at(file.root, "hostname"),
    ...steps(file.root).flatMap(({ step }) => [at(step, "hostname"), at(step, "systemd_firstboot", "hostname")]),
  ].flatMap(file.locate);
}

/** The users a cloud-config declares, of the top-level list and of every stage. */
export function usersOf(source: Source): DeclaredUser[] {
  const file = open(source);
  const user = (view: View, name: Located, stage?: string): DeclaredUser => {
    const [passwd] = file.locate(at(view, "passwd"));
    const groups = items(at(view, "groups")).map(textOf);
    return {
      name: name.value,
      ...(name.span ? { span: name.span } : {}),
      ...(stage === undefined ? {} : { stage }),
      admin: groups.includes("admin") || textOf(at(view, "primary_group")) === "admin",
      ...(passwd ? { passwd } : {}),
      locked: isSet(at(view, "lock_passwd")),
      keys: items(at(view, "ssh_authorized_keys")).flatMap(file.locate),
    };
  };
  return [
    ...items(at(file.root, "users")).flatMap((view) => file.locate(at(view, "name")).map((name) => user(view, name))),
    ...steps(file.root).flatMap(({ stage, step }) =>
      entries(at(step, "users")).map(([name, view]) => {
        const span = file.place(view, "key");
        return user(view, { value: name, ...(span ? { span } : {}) }, stage);
      }),
    ),
  ];
}

/** Whether install.nousers is set, which lets kairos-agent install without a user in the group admin. */
export function allowsNoUsers(source: Source): boolean {
  return isSet(at(open(source).root, "install", "nousers"));
}

/** The paths a cloud-config writes to. Paths with Go templates in them are as they are written. */
export function filesWritten(source: Source): WrittenFile[] {
  const file = open(source);
  const written = (by: WrittenFile["by"], view: View, content: View, stage?: string): WrittenFile[] =>
    file.locate(view).map(({ value, span }) => {
      const body = textOf(content);
      return {
        path: value,
        ...(span ? { span } : {}),
        ...(stage === undefined ? {} : { stage }),
        by,
        ...(body === undefined ? {} : { content: body }),
      };
    });
  return [
    ...["write_files", "milpa_files"].flatMap((key) =>
      items(at(file.root, key)).flatMap((view) => written("write_files", at(view, "path"), at(view, "content"))),
    ),
    ...steps(file.root).flatMap(({ stage, step }) => [
      ...(["files", "downloads", "directories"] as const).flatMap((by) =>
        items(at(step, by)).flatMap((view) => written(by, at(view, "path"), at(view, "content"), stage)),
      ),
      ...items(at(step, "unpack_images")).flatMap((view) =>
        written("unpack_images", at(view, "target"), at(view, "content"), stage),
      ),
      ...written("git", at(step, "git", "path"), at(step, "git", "content"), stage),
      ...items(at(step, "systemctl", "overrides")).flatMap((view) => {
        const service = textOf(at(view, "service"));
        if (!service) return [];
        const unit = service.endsWith(".service") ? service : `${service}.service`;
        const name = textOf(at(view, "name")) ?? "override-yip.conf";
        const path = `/etc/systemd/system/${unit}.d/${name.endsWith(".conf") ? name : `${name}.conf`}`;
        return written("overrides", at(view, "service"), at(view, "content"), stage).map((one) => ({ ...one, path }));
      }),
    ]),
  ];
}

/** The keys at the top of a cloud-config and where they stand. */
export function topLevelKeys(source: Source): Located[] {
  const file = open(source);
  return entries(file.root).map(([value, view]) => {
    const span = file.place(view, "key");
    return { value, ...(span ? { span } : {}) };
  });
}

/** install.device, where it is set. */
export function installDevice(source: Source): Located | undefined {
  const file = open(source);
  return [at(file.root, "install", "device")].flatMap(file.locate)[0];
}

/** Every shell command of a cloud-config: commands, if and runcmd. */
export function commandsOf(source: Source): Located[] {
  const file = open(source);
  return [
    ...items(at(file.root, "runcmd")),
    ...steps(file.root).flatMap(({ step }) => [...items(at(step, "commands")), at(step, "if")]),
  ].flatMap(file.locate);
}

function open(source: Source): { root: View; place: ReturnType<typeof places>; locate: (view: View) => Located[] } {
  const yaml = typeof source === "string" ? parseYaml("cloud-config.yaml", source) : source;
  const root = rootOf(yaml);
  const place = places(yaml.text);
  const locate = (view: View): Located[] => {
    const value = exists(view) ? textOf(view) : undefined;
    if (value === undefined) return [];
    const span = place(view);
    return [{ value, ...(span ? { span } : {}) }];
  };
  return { root, place, locate };
}
