/** Says what a service beside the function did. The page lists it among what happened. */
export type Tell = (tone: "plain" | "good" | "bad", text: string) => void;
