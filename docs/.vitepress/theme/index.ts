// VitePress's own theme in this project's colours, with a network that learns in the page.
import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme";
import { LiveNetwork } from "./live-network.js";
import "./style.css";

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => void app.component("LiveNetwork", LiveNetwork),
} satisfies Theme;
