/** A field whose text is kept elsewhere, such as in the address, which follows a moment after what is typed. */

import { TextInput, type TextInputProps } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";

/** Milliseconds after which nobody types any more. */
const PAUSE = 200;

interface Props extends Omit<TextInputProps, "value" | "onChange"> {
  value: string;
  onType: (text: string) => void;
}

export function Typed({ value, onType, ...rest }: Props) {
  const [text, setText] = useState(value);
  const told = useRef([value]);
  const tell = useDebouncedCallback((said: string) => {
    told.current.push(said);
    onType(said);
  }, PAUSE);
  useEffect(() => {
    const at = told.current.lastIndexOf(value);
    if (at < 0) setText(value);
    told.current = at < 0 ? [value] : told.current.slice(at);
  }, [value]);
  return (
    <TextInput
      {...rest}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
      data-search
    />
  );
}
