/** A field for a password that can be shown, in the reader's language. */

import { PasswordInput, type PasswordInputProps } from "@mantine/core";

import { useWords } from "../words";
import { words } from "./words";

export function Password(props: PasswordInputProps) {
  const say = useWords(words);
  return <PasswordInput visibilityToggleButtonProps={{ "aria-label": say("showPassword") }} required {...props} />;
}
