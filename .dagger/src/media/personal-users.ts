import { type DeclaredUser, LOCKED, usersOf } from "../cloudconfig/facts.js";
import { at, entries, isSet, items, rootOf, steps, textOf, type View } from "../cloudconfig/view.js";
import type { Finding, Found } from "../cloudconfig/words.js";
import type { Severity } from "../errors.js";
import type { ParsedYaml } from "../yaml/parse.js";
import { BASE_ACCOUNTS } from "./base-accounts.js";

/** A user of the file: what it says of them, and where their name stands. */
type User = { readonly view: View; readonly name: string; readonly place: View; readonly on?: "key" };

/** A cloud-config and the users whom it declares. */
export type People = { readonly root: View; readonly users: readonly DeclaredUser[] };

export const peopleOf = (yaml: ParsedYaml): People => ({ root: rootOf(yaml), users: usersOf(yaml) });

/**
 * What in an owner's cloud-config makes a user whom nobody can log in as. `others`: somebody else administers the machine, or may
 * do so by a file that is still to be fetched, so that nobody is locked out by it. `rootMay`: sshd lets root in.
 */
export function userFindings(root: View, { rootMay, others }: { rootMay: boolean; others: boolean }): Found[] {
  const severity = others ? "warning" : "error";
  return [
    ...usersIn(root).flatMap((user) => [
      ...nameFindings(user, rootMay, severity),
      ...passwordFindings(at(user.view, "passwd")),
    ]),
    ...(rootMay ? [] : keysOfRoot(root, severity)),
  ];
}

/** Who writes sshd's own word for it knows what they do. */
export const rootMayLogIn = (...texts: string[]) => texts.some((text) => /PermitRootLogin/i.test(text));

function usersIn(root: View): User[] {
  return [
    ...items(at(root, "users")).map((view) => {
      const place = at(view, "name");
      return { view, name: textOf(place) ?? "", place };
    }),
    ...steps(root).flatMap(({ step }) =>
      entries(at(step, "users")).map(([name, view]) => ({ view, name, place: view, on: "key" as const })),
    ),
  ];
}

const ROOT = {
  message: "root may not log in over SSH",
  found: "root, and no passwd for the console",
  expected: "a user of your own with groups: [admin]",
  reason: "Kairos' sshd has PermitRootLogin no",
};

function nameFindings({ view, name, place, on }: User, rootMay: boolean, severity: Severity): Found[] {
  const say = (finding: Omit<Finding, "rule">): Found[] => [
    { view: place, finding: { rule: "personal/account", ...finding }, ...(on ? { on } : {}) },
  ];
  if (name === "YOU") {
    return say({
      message: "A user's name is still to be chosen",
      found: "the documents' YOU, unchanged",
      expected: "the name to log in with",
    });
  }
  if (name === "root") {
    if (rootMay || hasPassword(textOf(at(view, "passwd")), isSet(at(view, "lock_passwd")))) return [];
    // Beside an administrator it is sensible to lock root.
    const keys = items(at(view, "ssh_authorized_keys")).length > 0;
    return keys || severity === "error" ? say({ severity, ...ROOT }) : [];
  }
  if (!BASE_ACCOUNTS.has(name)) return [];
  const alone = severity === "error" ? ", so that nobody could administer the machine" : "";
  return say({
    severity,
    message: "A user has the name of an account that every image has",
    found: name,
    expected: "another name",
    reason: `an account that is there already gets neither groups nor a shell${alone}`,
  });
}

function hasPassword(value: string | undefined, locked: boolean): boolean {
  return value !== undefined && value !== "" && !LOCKED.test(value) && !locked;
}

function passwordFindings(view: View): Found[] {
  if (!/^\$\w+\$(…|\.{3})/.test(textOf(view) ?? "")) return [];
  const finding: Finding = {
    rule: "personal/password",
    message: "A password's hash is still to be filled in",
    found: "a placeholder",
    expected: "what mkpasswd --method=sha-512 prints",
  };
  return [{ view, finding }];
}

function keysOfRoot(root: View, severity: Severity): Found[] {
  const top = at(root, "ssh_authorized_keys");
  const say = (view: View, found: string): Found[] =>
    items(view).length > 0 ? [{ view, finding: { rule: "personal/account", severity, ...ROOT, found } }] : [];
  return [
    // Keys at the top are those of each user at the top and, where there is none, root's (yip, loader_cloudinit.go).
    ...(items(at(root, "users")).length > 0 ? [] : say(top, "keys without users: they are root's")),
    ...steps(root).flatMap(({ step }) => say(at(step, "authorized_keys", "root"), "keys of root")),
  ];
}

/** That nobody could administer the machine: an appliance may be meant to have nobody, so that it is no error. */
export function nobody({ root, users }: People): Found {
  const inGroup = users.some(isAdmin);
  const finding: Finding = {
    rule: "personal/nobody",
    severity: "warning",
    message: "Nobody could administer this machine",
    found: inGroup
      ? "users in the group admin without a key or a password"
      : users.length > 0
        ? "users, none of them in the group admin"
        : "no users",
    expected: "a user with groups: [admin] and a key or a passwd, unless nobody shall",
    reason: "sudo is for the group admin alone",
  };
  return { view: users.length > 0 ? at(root, "users") : root, finding, on: "key" };
}

/** Kairos puts its own user into that group, and yip a user into the group of their own name. */
const isAdmin = ({ name, admin }: DeclaredUser) => admin || name === "kairos" || name === "admin" || name === "root";

/**
 * Who administers the machine that has these files: in the group in one place, and there or in another with a key or a password.
 * An account of the base is in no group; root is let in by a password, at the console, or as sshd has it.
 */
export function administrators(files: readonly People[], rootMay: boolean): string[] {
  const able = new Set(files.flatMap(ableToLogIn));
  const names = new Set(files.flatMap(({ users }) => users.filter(isAdmin).map(({ name }) => name)));
  const console = files.some(({ users }) => users.some((user) => user.name === "root" && knowsPassword(user)));
  const lets = (name: string) => (name === "root" ? rootMay || console : !BASE_ACCOUNTS.has(name));
  return [...names].filter((name) => able.has(name) && lets(name));
}

const knowsPassword = ({ passwd, locked }: DeclaredUser) => hasPassword(passwd?.value, locked);

/** Those with a key or a password in one file; what stands at its top is for the users at its top alone. */
function ableToLogIn({ root, users }: People): string[] {
  const forAll = items(at(root, "ssh_authorized_keys")).length > 0;
  const inStages = steps(root).flatMap(({ step }) =>
    entries(at(step, "authorized_keys")).flatMap(([name, keys]) => (items(keys).length > 0 ? [name] : [])),
  );
  const able = users.filter(
    (user) => user.keys.length > 0 || (forAll && user.stage === undefined) || knowsPassword(user),
  );
  return [...inStages, ...able.map(({ name }) => name)];
}
