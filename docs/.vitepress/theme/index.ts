// VitePress's own theme in this project's colours.
import DefaultTheme from "vitepress/theme";
import "./style.css";

export default DefaultTheme;
