/** Everything that all screens share: who is logged in, the sections, the server's answers, the live feed. */

import { MantineProvider, createTheme, defaultVariantColorsResolver, mergeThemeOverrides, type MantineThemeOverride } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, useMemo } from "react";
import { BrowserRouter, Navigate, Route, Routes } from "react-router";

import { Failure } from "../api/client";
import { base } from "../api/project";
import { words } from "../parts/words";
import { useWords } from "../words";
import { Gate } from "./Gate";
import { SPENT_LINK, SpentLink } from "../screens/login/SpentLink";
import { Missing } from "./Missing";
import { SECTIONS } from "./sections";
import { foundSession } from "./session";
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

/**
 * What the server has answered stays true until the live feed says that it is old. What is asked for is asked for now or
 * fails now: nothing waits for a network, to be done when nobody expects it any more.
 */
const client = new QueryClient({
  defaultOptions: {
    mutations: { networkMode: "always" },
    queries: {
      networkMode: "always",
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 3 && error instanceof Failure && (error.status === 0 || error.status >= 500),
    },
  },
});

/** Asked before anything is drawn: all else waits for it. */
void client.prefetchQuery(foundSession);

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
