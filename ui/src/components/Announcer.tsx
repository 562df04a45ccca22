import { Store, useStore } from "../store";

const said = new Store("");

/** Has a screen reader say something once, when it is done with what it says. */
export function announce(text: string): void {
  // The same words twice are two events; a region that does not change is not read.
  said.set(said.get() === text ? `${text}\u00a0` : text);
}

export function Announcer() {
  return (
    <div className="said" role="status" aria-live="polite">
      {useStore(said)}
    </div>
  );
}
