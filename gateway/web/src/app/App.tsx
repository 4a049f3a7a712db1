/** Everything that all screens share: who is logged in, the sections, the server's answers, the live feed. */

import { MantineProvider, createTheme, defaultVariantColorsResolver, mergeThemeOverrides, type MantineThemeOverride } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, useMemo } from "react";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";

import { base } from "../api/project";
import { words } from "../parts/words";
import { useWords } from "../words";
import { client } from "./client";
import { Gate } from "./Gate";
import { SPENT_LINK, SpentLink } from "../screens/login/SpentLink";
import { Missing } from "./Missing";
import { SECTIONS } from "./sections";
import { Shell } from "./Shell";

const Docs = lazy(() => import("../screens/docs/Docs"));

const theme = createTheme({
  primaryColor: "teal",
  primaryShade: { light: 9, dark: 4 },
  autoContrast: true,
  /** What is filled is dark in a light page and light in a dark one, and so is what is written on it. */
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    return input.variant === "filled" ? { ...colors, color: "light-dark(#fff, #000)" } : colors;
  },
  fontFamily: "system-ui, 'Noto Sans KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'SF Mono', Menlo, monospace",
  defaultRadius: "sm",
  /** The head of a dialog is not the head of the page. */
  components: { ModalHeader: { defaultProps: { role: "presentation" } } },
});

/** What the component kit calls its own buttons, in the reader's language. */
function useNamed(): MantineThemeOverride {
  const close = useWords(words)("close");
  return useMemo(() => {
    const named = { defaultProps: { closeButtonProps: { "aria-label": close } } };
    return mergeThemeOverrides(theme, { components: { Modal: named, Notification: named } });
  }, [close]);
}

export function App({ nonce }: { nonce: string }) {
  return (
    <MantineProvider theme={useNamed()} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <Notifications position="bottom-right" />
      <QueryClientProvider client={client}>
        <BrowserRouter basename={base}>
          <Gate>
            <Routes>
              <Route element={<Shell />}>
                {SECTIONS.map(({ name, path, screen: Screen }) => (
                  <Route key={name} path={path ? `${path}/*` : "/"} element={<Screen />} />
                ))}
                <Route path="docs" element={<Docs />} />
                <Route path={SPENT_LINK} element={<SpentLink />} />
                <Route path="login" element={<Navigate to="/" replace />} />
                <Route path="*" element={<Missing />} />
              </Route>
            </Routes>
          </Gate>
        </BrowserRouter>
      </QueryClientProvider>
    </MantineProvider>
  );
}
