import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./main.css";

import { setNonce } from "get-nonce";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { base } from "./api/project";
import { App } from "./app/App";
import { beginWith } from "./app/sections";
import { nonce } from "./parts/nonce";

setNonce(nonce());
void beginWith(location.pathname.slice(base.length));
const root = document.getElementById("root");
if (!root) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <App nonce={nonce()} />
  </StrictMode>,
);
