/** News of uploads to S3, in every shape in which AWS delivers it. */
export {
  bareEtag,
  type NewsFault,
  type UploadedObject,
  type UploadNews,
  uploadNewsOf,
  uploadOf,
} from "./news/upload-news.ts";
