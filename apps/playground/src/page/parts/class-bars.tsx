// Accuracy of each class on the test images, as bars.
import { useStore } from "../context.js";

export const ClassBars = () => {
  const { standings, state, text, info } = useStore();
  const t = text.value;
  const networks = state.value.networks;
  const all = standings.value;
  const known = all.some(({ classAccuracies }) => classAccuracies !== undefined);
  return (
    <section class="card" id="classes" aria-labelledby="classes-heading">
      <h3 id="classes-heading">{t.figures.classes}</h3>
      {known ? (
        <table class="bars">
          <tbody>
            {info.value.classes.map((name, label) => (
              <tr key={name}>
                <th scope="row" title={name}>
                  {name}
                </th>
                {networks.map((_, i) => {
                  const share = all[i]?.classAccuracies?.[label];
                  return (
                    <td key={i} style={networks.length > 1 ? { width: `${98 / networks.length}%` } : {}}>
                      <span class="bar" style={{ width: `${100 * (share ?? 0)}%` }} data-series={i} />
                      <span class="value">{share === undefined ? "–" : t.percent(share)}</span>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <p class="muted">{t.figures.classesEmpty}</p>
      )}
    </section>
  );
};
