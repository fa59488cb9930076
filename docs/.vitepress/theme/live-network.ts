// A network that learns in the page: the playground in a frame, loaded when the reader asks for it.
import { useData, withBase } from "vitepress";
import { defineComponent, h, ref } from "vue";

export const LiveNetwork = defineComponent({
  props: {
    /** Text of the button that starts it. */
    start: { type: String, required: true },
    /** What the frame shows, for those who do not see it. */
    title: { type: String, required: true },
    /** Text of the link to the whole page. */
    open: { type: String, required: true },
    /** What it costs, in words. */
    note: { type: String, required: true },
  },
  setup: (props) => {
    const { isDark, lang } = useData();
    const address = ref<string>();
    const begin = () => {
      const fragment = new URLSearchParams({
        lang: lang.value.startsWith("zh") ? "zh" : "en",
        colours: isDark.value ? "dark" : "light",
      });
      address.value = `${withBase("/playground/index.html")}?figure#${fragment}`;
    };
    // A target of its own: the router of this site would look for a page of the guide.
    const link = () => h("a", { href: withBase("/playground/index.html"), target: "_self" }, props.open);
    return () =>
      h("div", { class: "live-network" }, [
        address.value === undefined
          ? h("button", { type: "button", onClick: begin }, props.start)
          : h("iframe", { src: address.value, title: props.title }),
        h("p", [props.note, " ", link()]),
      ]);
  },
});
