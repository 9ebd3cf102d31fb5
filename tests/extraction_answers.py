"""Small answers in the habits of models, each with the one program that it should be read as."""

from __future__ import annotations

BODY = "    result = 0\n    for value in values:\n        result += value\n    return result\n"
PROGRAM = f"def total(values):\n{BODY}"
DRAFT = "def total(values):\n    return max(values)\n"
FENCED = f"```python\n{PROGRAM}```"
FENCED_DRAFT = f"```python\n{DRAFT}```"

REASONING = {
    name: f"{before}\nLet me try.\n{FENCED_DRAFT}\nNo, that doesn't add up.\n{after}\n\n{FENCED}\n"
    for name, before, after in [
        ("think", "<think>", "</think>"),
        ("thinking", "<thinking>", "</thinking>"),
        ("Thinking, capitalised", "<Thinking>", "</Thinking>"),
        ("thought", "<thought>", "</thought>"),
        ("thoughts", "<thoughts>", "</thoughts>"),
        ("reasoning", "<reasoning>", "</reasoning>"),
        ("reason", "<reason>", "</reason>"),
        ("scratchpad", "<scratchpad>", "</scratchpad>"),
        ("scratch_pad", "<scratch_pad>", "</scratch_pad>"),
        ("reflection", "<reflection>", "</reflection>"),
        ("analysis", "<analysis>", "</analysis>"),
        ("inner monologue", "<inner_monologue>", "</inner_monologue>"),
        ("plan", "<plan>", "</plan>"),
        ("draft", "<draft>", "</draft>"),
        ("chain of thought", "<chain_of_thought>", "</chain_of_thought>"),
        ("a namespace", "<seed:think>", "</seed:think>"),
        ("another namespace", "<mm:think>", "</mm:think>"),
        ("a prefix", "<antThinking>", "</antThinking>"),
        ("a model's prefix", "<longcat_think>", "</longcat_think>"),
        ("attributes", '<think time="3s">', "</think>"),
        ("brackets", "[THINK]", "[/THINK]"),
        ("brackets in lower case", "[think]", "[/think]"),
        ("brackets, reasoning", "[REASONING]", "[/REASONING]"),
        ("triangles", "◁think▷", "◁/think▷"),
        ("pipes", "<|think|>", "<|/think|>"),
        ("begin and end", "<|begin_of_thought|>", "<|end_of_thought|>"),
        ("start and end", "<|START_THINKING|>", "<|END_THINKING|>"),
        ("start and end behind", "<|thought_start|>", "<|thought_end|>"),
        ("wide bars", "<｜think｜>", "<｜/think｜>"),
        ("escaped", "&lt;think&gt;", "&lt;/think&gt;"),
        ("doubled", "<<think>>", "<</think>>"),
        ("details", '<details type="reasoning" done="true">', "</details>"),
        ("details with a summary", "<details>\n<summary>Thought for 3 seconds</summary>", "</details>"),
        ("phrases", "Here is my thought process:", "Here is my response:"),
        ("a local runner's words", "Thinking...", "...done thinking."),
        ("channels", "<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
        ("channels without marks", "analysisWe add.", "assistantfinal"),
        ("channels and commentary", "<|start|>assistant<|channel|>commentary<|message|>",
         "<|end|><|start|>assistant<|channel|>final<|message|>"),
        ("mismatched", "<think>", "</thinking>"),
        ("nested", "<think>\n<think>", "</think>\nmore\n</think>"),
        ("twice", "<think>a</think>\n<think>", "</think>"),
        ("an answer's mark ends it", "<think>", "<answer>"),
        ("begin of solution", "<|begin_of_thought|>", "<|end_of_thought|>\n<|begin_of_solution|>"),
        ("reserved tokens", "<unused94>thought", "<unused95>"),
        ("inner prefix", "<|inner_prefix|>", "<|inner_suffix|>"),
        ("a fence of that language", "```thinking", "```"),
    ]
    if name != "a fence of that language"
}  # fmt: skip
"""Answers with a draft in reasoning of every dialect."""

PLACES = {
    "a closing mark that nothing opened": f"{FENCED_DRAFT}\nno\n</think>\n{FENCED}",
    "closing marks behind the answer": f"{FENCED}\n</think>\n</think>\n",
    "a closing mark on the code's line": f"<think>a</think>{PROGRAM}",
    "a closing mark glued to a fence": f"<think>a</think>{FENCED}",
    "an opening mark behind the answer, never closed": f"{FENCED}\n<think>Is it right? {DRAFT}",
    "marks in lower and upper case": f"<THINK>{DRAFT}</Think>{FENCED}",
    "a mark in a docstring": f'```python\ndef total(values):\n    """Add; see <think>."""\n{BODY}```',
    "a mention in prose before": f"It has no `<think>` mark.\n{FENCED}",
    "a mention in quotation marks": f'I will not write "<think>" here.\n{FENCED}',
    "a mention within a sentence": f"Models write <think> first.\n{FENCED}",
    "a closing mark quoted in reasoning": f"<think>\nFind '</think>' first.\n{FENCED_DRAFT}\n</think>\n{FENCED}",
    "an empty pair": f"<think>\n\n</think>\n\n{FENCED}",
    "thinking in a fence": f"```thinking\nmax?\n{DRAFT}```\n{FENCED}",
    "a draft in a fence that never closes": f"<think>\n```python\n{DRAFT}\n</think>\n{FENCED}",
    "an unclosed docstring in a draft": f'<think>\n```python\ndef total(v):\n    """Add\n```\n</think>\n{FENCED}',
    "a draft, then the final one": f"First:\n{FENCED_DRAFT}\nBetter:\n{FENCED}",
    "a draft outside, reasoning, the final one": f"{FENCED_DRAFT}\n<think>hm</think>\n{FENCED}",
    "an answer element": f"<think>{DRAFT}</think>\n<answer>\n{FENCED}\n</answer>",
    "an answer element with bare code": f"<answer>\n{PROGRAM}</answer>",
    "a draft outside the answer element": f"<answer>\n{FENCED}\n</answer>\nI first had\n{FENCED_DRAFT}",
    "reasoning amid the code": FENCED.replace("    for", "<think>a loop?</think>\n    for"),
    "a closing mark glued to a closing fence": f"{FENCED_DRAFT}</think>\n{PROGRAM}",
    "reasoning in words within a fence": f"```\n<think>{DRAFT}</think>\n{PROGRAM}```",
}

TOKENS = {
    f"{token} glued to {where}": text.format(token)
    for token in [
        "<|endoftext|>", "<|EOT|>", "<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "<|eom_id|>", "<|return|>", "<pad>",
        "<|fim_pad|>", "[PAD]", "</s>", "<eos>", "<end_of_turn>", "<|end|>", "<｜end▁of▁sentence｜>", "<|file_sep|>",
        "<fim_middle>", "<|endofturn|>", "[/INST]", "<|end_of_role|>", "<extra_id_0>", "<EOT>", "[EOS]",
    ]
    for where, text in [
        ("bare code", f"{PROGRAM.rstrip()}{{}}"),
        ("code in a fence", f"```python\n{PROGRAM.rstrip()}{{}}\n```"),
        ("a fence", f"{FENCED}{{}}"),
        ("bare code, on a line of its own", f"{PROGRAM}{{}}\n"),
        ("a fence, in front", f"{{}}\n{FENCED}") if token == "[/INST]" else ("bare code, in front", f"{{}}{PROGRAM}"),
    ]
}  # fmt: skip

TURNS = {
    "a user's next turn": f"{PROGRAM}<|im_end|>\n<|im_start|>user\nThanks\n```python\n{DRAFT}```",
    "an assistant's next turn": f"{FENCED}<|im_end|>\n<|im_start|>assistant\n{FENCED_DRAFT}",
    "the prompt in front": f"<s>[INST] Fix this:\n{FENCED_DRAFT} [/INST] Sure:\n{FENCED}</s>",
    "an instruction in front": f"### Instruction:\nFix\n{DRAFT}\n### Response:\n{PROGRAM}",
    "an instruction behind": f"{PROGRAM}\n### Instruction:\nWrite another.\n### Response:\n{DRAFT}",
    "a header": f"<|start_header_id|>assistant<|end_header_id|>\n\n{FENCED}<|eot_id|>",
    "a header's word": f"assistant\n\n{PROGRAM}",
    "a header's word behind": f"{PROGRAM}assistant\n\nIs there anything else?\n",
    "speakers in words": f"Human: fix\n{DRAFT}\nAssistant: Here:\n{FENCED}\nHuman: thanks\n{FENCED_DRAFT}",
    "a model's turn": f"<start_of_turn>model\n{FENCED}<end_of_turn>",
    "few-shot marks": f"[BEGIN]\n{PROGRAM}[DONE]\n",
    "few-shot marks in a fence": f"```python\n[BEGIN]\n{PROGRAM}[DONE]\n```",
    "the end of few-shot marks": f"{PROGRAM}[DONE]\n\nYou are an expert Python programmer\n{DRAFT}",
    "another turn behind a glued token": f"{FENCED}</s>\n{FENCED_DRAFT}",
    "another file": f"{PROGRAM}<|file_sep|>src/other.py\n{DRAFT}",
}

WORDS = {
    f"the word {word} {where}": text.format(word)
    for word in ["Done", "Output", "Solution", "python", "assistant", "Code", "Answer:", "END"]
    for where, text in [
        ("behind bare code", f"{PROGRAM}{{}}\n"),
        ("in front of bare code", f"{{}}\n{PROGRAM}"),
        ("in a fence in front", f"```\n{{}}\n{PROGRAM}```"),
        ("in a fence behind", f"```python\n{PROGRAM}{{}}\n```"),
    ]
    if not (word == "Answer:" and "fence" in where)
}

INFO = {
    f"info string {info!r}": f"Here:\n```{info}\n{PROGRAM}```\nDone."
    for info in [
        "python:src/total.py", "{.python}", "python title=\"total.py\"", "python {.line-numbers}", "py linenums=1",
        "Python 3", "python filename.py", "{python}", "python3", "PYTHON", " python", "python ", "python\t", "py:total",
        "src/total.py", "total.py", "python # total.py", "python,editable", "{code-cell} ipython3", "python=", "",
    ]
}  # fmt: skip
INDENTED = "".join(f"   {line}" for line in PROGRAM.splitlines(keepends=True))
QUOTED = "".join(f"> {line}" for line in PROGRAM.splitlines(keepends=True))

FENCES = {
    "tildes": f"~~~python\n{PROGRAM}~~~",
    "four backticks": f"````python\n{PROGRAM}````",
    "a list": f"1. First:\n   ```python\n{INDENTED}   ```\n2. Done.",
    "a list's own line": f"- ```python\n{INDENTED}  ```\n",
    "a quotation": f"> ```python\n{QUOTED}> ```\n",
    "an indented fence around code at column 0": f"  ```python\n{PROGRAM}  ```",
    "no closing fence": f"```python\n{PROGRAM}",
    "no closing fence, then prose": f"```python\n{PROGRAM}\nThis doesn't fail.\n",
    "a draft's fence that never closes": f"```python\n{DRAFT}\nHmm, no. Better:\n{FENCED}",
    "no opening fence": f"{PROGRAM}```\nThis adds up.",
    "no opening fence, the language left": f"python\n{PROGRAM}```\nThis adds up.",
    "no opening fence, then another block": f"{PROGRAM}```\nUse it:\n```python\nprint(total([1]))\n```",
    "a closing fence on the code's line": f"```python\n{PROGRAM.rstrip()}```",
    "words behind the closing fence": f"```python\n{PROGRAM}``` This adds up.",
    "code on the fence's line": f"```python def total(values):\n{BODY}```",
    "code on a fence without language": f"```def total(values):\n{BODY}```",
    "prose on the fence's line": f"The code: ```python\n{PROGRAM}```",
    "the definition behind words": f"Here you go: def total(values):\n{BODY}",
    "a fence in markdown": f"````markdown\nText\n```python\n{PROGRAM}```\n````",
    "a fence within a fence": f"```\nSolution:\n```python\n{PROGRAM}```\n```",
    "an empty block first": f"```python\n```\n{FENCED}",
    "a shell block first": f"```bash\npip install numpy\n```\n{FENCED}",
    "an output block behind": f"{FENCED}\nOutput:\n```\n6\n```",
    "a text block": f"```text\n{PROGRAM}```",
    "two fences in a row": f"```\n```python\n{PROGRAM}```\n```",
    "code element": f"Thoughts.\n<code>{PROGRAM.rstrip()}</code>",
    "code element on lines of its own": f"<code>\n{PROGRAM}</code>",
    "pre and code": f'<pre><code class="language-python">\n{PROGRAM}</code></pre>',
    "python element": f"<python>\n{PROGRAM}</python>",
    "python brackets": f"[PYTHON]\n{PROGRAM}[/PYTHON]",
    "code brackets": f"[CODE]\n{PROGRAM}[/CODE]",
    "a session": "".join(
        [">>> def total(values):\n", *(f"... {line}\n" for line in BODY.splitlines()), ">>> total([1])\n", "1\n"]
    ),
    "a fenced session": "".join(
        [
            "```pycon\n>>> def total(values):\n",
            *(f"... {line}\n" for line in BODY.splitlines()),
            ">>> total([1])\n1\n```",
        ]
    ),
    "a diff": "```diff\n" + "".join(f"+{line}\n" for line in PROGRAM.splitlines()) + "```",
    "line breaks of another system": FENCED.replace("\n", "\r\n"),
    "a byte order mark": f"\ufeff{PROGRAM}",
    "a heading": f"## Solution\n\n{FENCED}\n\n## Explanation\n\nIt adds.",
    "prose around bare code": f"Sure, here's the code:\n\n{PROGRAM}\n\nIt doesn't change the list.",
}

ALL = {**REASONING, **PLACES, **TOKENS, **TURNS, **WORDS, **INFO, **FENCES}
"""Answers that all hold one program: PROGRAM, or it with a docstring."""
