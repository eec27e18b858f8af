/** Where the role's own data stands in an image. */
export const SHARE = "/usr/share/hegemonikon";
