import { expect, test } from "vitest";
import { markup } from "./markup.js";

test("text is escaped, in elements and in attributes", () => {
  const name = `<script>alert("x" & 'y')</script>`;
  expect(markup`<text a="${name}">${[name]}</text>`.text).toBe(
    '<text a="&lt;script&gt;alert(&quot;x&quot; &amp; &#39;y&#39;)&lt;/script&gt;">' +
      "&lt;script&gt;alert(&quot;x&quot; &amp; &#39;y&#39;)&lt;/script&gt;</text>",
  );
});

test("markup within markup is not escaped, and undefined gives nothing", () => {
  expect(markup`<g>${[markup`<path/>`, undefined, false, [markup`<rect/>`]]}</g>`.text).toBe(
    "<g><path/><rect/></g>",
  );
});

test("numbers keep two decimals", () => {
  expect(markup`${1 / 3},${2},${-0.001}`.text).toBe("0.33,2,0");
});

test("characters that XML forbids are replaced", () => {
  expect(markup`${"a\u0000b\ud800c\ufffe\td"}`.text).toBe("a\ufffdb\ufffdc\ufffd\td");
});
