/** An OpenAI-compatible endpoint that gives embeddings: OpenAI, Ollama, vLLM, LM Studio and others. */
export interface EmbeddingEndpoint {
  /** With the version, e.g. `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  /** `null`: none is sent. */
  readonly key: string | null;
  /** Hosts other than loopback that may be connected to for it. Absent: none. */
  readonly allowHosts?: readonly string[];
}

/** A Qdrant server. */
export interface QdrantEndpoint {
  readonly url: string;
  /** `null`: none is sent. */
  readonly key: string | null;
  /** Hosts other than loopback that may be connected to for it. Absent: none. */
  readonly allowHosts?: readonly string[];
}

/** Where meaning is looked up; `qdrant` is `null` where vectors lie in the index itself. */
export interface MeaningEndpoints {
  readonly embeddings: EmbeddingEndpoint;
  readonly qdrant: QdrantEndpoint | null;
}
