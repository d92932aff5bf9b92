import { verification } from "./verification.ts";

export default verification(true);
