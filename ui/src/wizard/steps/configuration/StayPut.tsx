import { Component, createRef, type ReactNode } from "react";

import { scrollerOf } from "./groups";

interface Place {
  element: Element;
  top: number;
}

/**
 * Keeps the focused field where it is while items appear or leave above it. Not every web view anchors its scrolling, so
 * it is done here for all. A class, since only a class may look at the page right before it changes.
 */
export class StayPut extends Component<{ children: ReactNode }, unknown, Place | null> {
  private readonly around = createRef<HTMLDivElement>();

  override getSnapshotBeforeUpdate(): Place | null {
    const element = document.activeElement;
    if (!element || !this.around.current?.contains(element)) return null;
    return { element, top: element.getBoundingClientRect().top };
  }

  override componentDidUpdate(_props: unknown, _state: unknown, place: Place | null): void {
    if (!place || !this.around.current || !place.element.isConnected) return;
    const moved = place.element.getBoundingClientRect().top - place.top;
    if (moved !== 0) scrollerOf(this.around.current).scrollTop += moved;
  }

  override render(): ReactNode {
    return <div ref={this.around}>{this.props.children}</div>;
  }
}
