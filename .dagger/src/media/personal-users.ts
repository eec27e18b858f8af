import { type DeclaredUser, LOCKED, usersOf } from "../cloudconfig/facts.js";
import { at, entries, isSet, items, steps, textOf, type View } from "../cloudconfig/view.js";
import type { Finding, Found } from "../cloudconfig/words.js";
import type { ParsedYaml } from "../yaml/parse.js";
import { BASE_ACCOUNTS } from "./base-accounts.js";

/** A user of the file: what it says of them, and where their name stands. */
type User = { readonly view: View; readonly name: string; readonly place: View; readonly on?: "key" };

/** What in an owner's cloud-config makes a user whom nobody can log in as. */
export function userFindings(root: View, text: string): Found[] {
  // Who writes sshd's own word for it knows what they do.
  const rootMay = /PermitRootLogin/i.test(text);
  return [
    ...usersIn(root).flatMap((user) => [...nameFindings(user, rootMay), ...passwordFindings(at(user.view, "passwd"))]),
    ...(rootMay ? [] : keysOfRoot(root)),
  ];
}

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

function nameFindings({ view, name, place, on }: User, rootMay: boolean): Found[] {
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
  if (name === "root") return rootMay || hasPassword(textOf(at(view, "passwd")), view) ? [] : say(ROOT);
  if (!BASE_ACCOUNTS.has(name)) return [];
  return say({
    message: "A user has the name of an account that every image has",
    found: name,
    expected: "another name",
    reason:
      "an account that is there already gets neither groups nor a shell, so that nobody could administer the machine",
  });
}

function hasPassword(value: string | undefined, user?: View): boolean {
  return value !== undefined && value !== "" && !LOCKED.test(value) && !(user && isSet(at(user, "lock_passwd")));
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

/** Keys at the top are those of each user at the top and, where there is none, root's (yip, loader_cloudinit.go). */
function keysOfRoot(root: View): Found[] {
  const view = at(root, "ssh_authorized_keys");
  if (items(view).length === 0 || items(at(root, "users")).length > 0) return [];
  return [{ view, finding: { rule: "personal/account", ...ROOT, found: "keys without users: they are root's" } }];
}

/**
 * A warning where nobody could administer the machine: an appliance may be meant to have nobody, so that it is no error.
 * `whole`: the machine gets no other file, as it installs by itself or is this disk.
 */
export function nobodyFindings(root: View, yaml: ParsedYaml, whole: boolean): Found[] {
  const users = usersOf(yaml);
  if ((users.length === 0 && !whole) || administrators(root, users).length > 0) return [];
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
  return [{ view: users.length > 0 ? at(root, "users") : root, finding, on: "key" }];
}

/** Kairos puts its own user into that group, and yip a user into the group of their own name. */
const isAdmin = ({ name, admin }: DeclaredUser) => admin || name === "kairos" || name === "admin" || name === "root";

function administrators(root: View, users: readonly DeclaredUser[]): string[] {
  const forAll = items(at(root, "ssh_authorized_keys")).length > 0;
  const inStages = steps(root).flatMap(({ step }) =>
    entries(at(step, "authorized_keys")).flatMap(([name, keys]) => (items(keys).length > 0 ? [name] : [])),
  );
  const names = new Set(users.filter(isAdmin).map(({ name }) => name));
  // One user may stand in several places, here with a group and there with a key.
  return [...names].filter((name) =>
    users.some(
      (user) =>
        user.name === name &&
        (user.keys.length > 0 ||
          (forAll && user.stage === undefined) ||
          inStages.includes(name) ||
          (hasPassword(user.passwd?.value) && !user.locked)),
    ),
  );
}
