/** What to do about a script that can't be followed without the shapes of its inputs, or not with those that it was given. */
export const GIVE_SHAPES = 'give the shapes of the inputs (--shape; Set Input Shapes in VS Code)';
