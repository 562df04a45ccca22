import type { ImageChange } from "../../../bindings/ImageChange";
import { Fold } from "../../../components/Fold";
import { bytes, count } from "../../../components/format";
import { Panel, Section } from "../../../components/Layout";
import css from "./Plan.module.css";

export function ImageChanges({ images }: { images: ImageChange[] }) {
  if (images.length === 0) return null;
  const missing = images.filter((image) => image.missingBytes > 0);
  const sum = missing.reduce((all, image) => all + image.missingBytes, 0);
  return (
    <Section title="Images">
      <Panel flush>
        <Fold
          title={`${count(images.length, "image")}, ${missing.length === 0 ? "all in the registry already" : `${missing.length} to move`}`}
          aside={<span className={css.soft}>{bytes(sum)} to move</span>}
        >
          {() => <ImageTable images={images} />}
        </Fold>
      </Panel>
    </Section>
  );
}

function ImageTable({ images }: { images: ImageChange[] }) {
  return (
    <table className={css.rows}>
      <thead>
        <tr>
          <th scope="col">Image</th>
          <th scope="col" className={css.end}>
            Size
          </th>
          <th scope="col" className={css.end}>
            To move
          </th>
        </tr>
      </thead>
      <tbody>
        {images.map((image) => (
          <tr key={image.destination}>
            <th scope="row">
              <code>{image.reference}</code>
              <div className={css.soft}>
                to <code>{image.destination}</code>
              </div>
            </th>
            <td className={css.end}>{bytes(image.bytes)}</td>
            <td className={css.end}>{image.missingBytes === 0 ? "Nothing" : bytes(image.missingBytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
