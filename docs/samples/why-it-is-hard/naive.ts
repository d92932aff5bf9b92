/** The work that takes time: one photo. */
export type Resize = (photo: number) => Promise<void>;

/** A function that hopes that 15 minutes are enough. */
export function naiveHandler(resize: Resize) {
  // #region handler
  const handler = async (event: { photos: number }): Promise<string> => {
    for (let photo = 0; photo < event.photos; photo++) {
      await resize(photo);
    }
    return "all done";
  };
  // #endregion handler
  return handler;
}
