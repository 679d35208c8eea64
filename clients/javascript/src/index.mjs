import lido from "./index.js";

export const {
  startLido,
  connectLido,
  LidoError,
  BinaryNotFoundError,
  StartError,
  NoMessageError,
  OperationError,
} = lido;
