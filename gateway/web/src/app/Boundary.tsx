/** Keeps the frame where a screen cannot be drawn, or its code cannot be fetched, and says so. */

import { Component, type ReactNode } from "react";

import { Wrong } from "../parts/Wrong";

interface Props {
  children: ReactNode;
}

export class Boundary extends Component<Props, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render(): ReactNode {
    return this.state.error ? <Wrong error={this.state.error} onRetry={() => location.reload()} /> : this.props.children;
  }
}
