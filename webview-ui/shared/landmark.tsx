import {
  createContext,
  createElement,
  useContext,
  type HTMLAttributes,
  type ReactElement,
  type Ref,
} from 'react';

/** Whether the screen is one of several in its page, as a notebook's outputs are. */
export const OneOfMany = createContext(false);

export interface LandmarkProps extends HTMLAttributes<HTMLElement> {
  readonly as: 'main' | 'nav' | 'section';
  readonly ref?: Ref<HTMLElement>;
  readonly [data: `data-${string}`]: string | number | undefined;
}

/** A main part, a navigation or a region of a screen: landmarks of its page, which are groups where a page has several screens. */
export function Landmark({ as, ...props }: LandmarkProps): ReactElement {
  const isGroup = useContext(OneOfMany);
  const role = props['aria-label'] === undefined ? undefined : 'group';
  return createElement(isGroup ? 'div' : as, isGroup ? { role, ...props } : props);
}
