"""Makes the model of model.py once more, as a file for llama.cpp: second_model.py FILE.gguf."""

import json
import sys
from pathlib import Path

import gguf
import model
import numpy

# Names of tensors of a layer, and their shapes as rows and columns.
WIDTH, INNER = model.CONFIG["hidden_size"], model.CONFIG["intermediate_size"]
HEAD = model.CONFIG["head_dim"]
QUERIES = HEAD * model.CONFIG["num_attention_heads"]
KEYS = HEAD * model.CONFIG["num_key_value_heads"]
LAYER = {
    "attn_q": (QUERIES, WIDTH),
    "attn_k": (KEYS, WIDTH),
    "attn_v": (KEYS, WIDTH),
    "attn_output": (WIDTH, QUERIES),
    "ffn_gate": (INNER, WIDTH),
    "ffn_up": (INNER, WIDTH),
    "ffn_down": (WIDTH, INNER),
}
NORMS = {"attn_norm": WIDTH, "ffn_norm": WIDTH, "attn_q_norm": HEAD, "attn_k_norm": HEAD}


def vocabulary(made):
    """Pieces in the order of their ids, and merges, both as llama.cpp wants them."""
    pieces = [piece for piece, _ in sorted(made.get_vocab().items(), key=lambda known: known[1])]
    merges = json.loads(made.backend_tokenizer.to_str())["model"]["merges"]
    return pieces, [merge if isinstance(merge, str) else " ".join(merge) for merge in merges]


def describe(out, pieces, merges):
    config = model.CONFIG
    out.add_name("small")
    out.add_context_length(model.MAX_TOKENS)
    out.add_embedding_length(WIDTH)
    out.add_block_count(config["num_hidden_layers"])
    out.add_feed_forward_length(INNER)
    out.add_head_count(config["num_attention_heads"])
    out.add_head_count_kv(config["num_key_value_heads"])
    out.add_key_length(HEAD)
    out.add_value_length(HEAD)
    out.add_layer_norm_rms_eps(config["rms_norm_eps"])
    out.add_rope_freq_base(config["rope_theta"])
    out.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("gpt-2")
    out.add_token_list(pieces)
    special = len(model.SPECIAL)
    out.add_token_types([gguf.TokenType.CONTROL] * special + [gguf.TokenType.NORMAL] * (len(pieces) - special))
    out.add_token_merges(merges)
    out.add_eos_token_id(0)
    out.add_pad_token_id(0)
    out.add_add_bos_token(False)
    out.add_chat_template(model.TEMPLATE)


def fill(out, pieces):
    chance = numpy.random.default_rng(1)

    def weights(rows, columns):
        return (model.CONFIG["initializer_range"] * chance.standard_normal((rows, columns))).astype(numpy.float16)

    out.add_tensor("token_embd.weight", weights(len(pieces), WIDTH))
    out.add_tensor("output_norm.weight", numpy.ones(WIDTH, numpy.float32))
    # Only whole words are ever said: answers end by their length, and what was said is the same tokens when it comes back.
    said = numpy.array([piece.startswith("Ġ") and len(piece) == 4 for piece in pieces])
    out.add_tensor("output.weight", weights(len(pieces), WIDTH) * said[:, None].astype(numpy.float16))
    for layer in range(model.CONFIG["num_hidden_layers"]):
        for name, shape in LAYER.items():
            out.add_tensor(f"blk.{layer}.{name}.weight", weights(*shape))
        for name, size in NORMS.items():
            out.add_tensor(f"blk.{layer}.{name}.weight", numpy.ones(size, numpy.float32))


def make(target):
    pieces, merges = vocabulary(model.tokenizer())
    out = gguf.GGUFWriter(target, "qwen3")
    describe(out, pieces, merges)
    fill(out, pieces)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


if __name__ == "__main__":
    made = Path(sys.argv[1])
    unfinished = made.with_suffix(".part")
    make(unfinished)
    unfinished.rename(made)
