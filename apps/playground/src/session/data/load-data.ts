// The data sets that the page can ask for.
import { type Dataset, synthetic } from "@mlpconv/datasets";
import type { DataRequest, LoadingProgress } from "../session.js";
import { droppedData } from "./dropped-data.js";
import { fetchData } from "./fetch-data.js";
import { ownPictures } from "./own-pictures.js";

/** @throws Error that says which file or number is wrong */
export const loadData = async (
  request: DataRequest,
  onLoading: (progress: LoadingProgress) => void,
): Promise<Dataset> => {
  switch (request.source) {
    case "synthetic":
      return synthetic({ train: request.train, test: request.test });
    case "files":
      return fetchData(request.base, onLoading);
    case "dropped":
      return droppedData(request.files);
    case "pictures":
      return ownPictures(request);
  }
};
