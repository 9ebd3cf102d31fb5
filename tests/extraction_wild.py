"""Answers in forms that models and the tools around them use; each holds one right program."""

# ruff: noqa: E501 - one answer a line
from __future__ import annotations

import html
from json import dumps

from tests.extraction_answers import BODY, DRAFT, FENCED, FENCED_DRAFT, PROGRAM


def numbered(program: str, gap: str, start: int = 1, width: int = 0) -> str:
    """Put a number and a gap in front of each line."""
    return "".join(f"{number:>{width}}{gap}{line}\n" for number, line in enumerate(program.splitlines(), start))


SHORT = "def total(values): return sum(values)"
COMPARING = """def total(values):
    result = 0
    for value in values:
        if value < 1e99 and value > -1e99:
            result += value
    return result
"""
WILD = {
    "json code": dumps({"code": PROGRAM}),
    "json fenced": "```json\n" + dumps({"code": PROGRAM, "explanation": "It adds {up}."}, indent=1) + "\n```",
    "json fenced untagged": "```\n" + dumps({"explanation": "x", "code": PROGRAM}, indent=1) + "\n```",
    "json solution key": "Here is my answer:\n\n" + dumps({"thought": "simple", "solution": PROGRAM}) + "\n\nDone.",
    "json behind words": "Answer: " + dumps({"code": PROGRAM}),
    "json nested": dumps({"name": "submit", "arguments": {"code": PROGRAM}}),
    "json double": dumps({"name": "submit", "arguments": dumps({"code": PROGRAM})}),
    "json draft then final": dumps({"draft": DRAFT, "code": PROGRAM}),
    "json raw newlines": '{"code": "' + PROGRAM + '"}',
    "json triple quotes": '{\n"code": """' + PROGRAM + '""",\n"why": "adds"}',
    "python dict": repr({"code": PROGRAM}),
    "json fence in value": dumps({"answer": f"Sure:\n{FENCED}\nok"}),
    "json list of lines": dumps({"code": PROGRAM.splitlines()}),
    "notebook": dumps(
        {
            "cells": [
                {"cell_type": "markdown", "source": ["# T"]},
                {"cell_type": "code", "source": PROGRAM.splitlines(keepends=True)},
            ],
            "nbformat": 4,
        }
    ),
    "tool_call": "<tool_call>\n" + dumps({"name": "python", "arguments": {"code": PROGRAM}}) + "\n</tool_call>",
    "tool_calls bracket": "[TOOL_CALLS]" + dumps([{"name": "python", "arguments": {"code": PROGRAM}}]),
    "tool marks": "<|tool_calls_section_begin|><|tool_call_begin|>functions.run:0<|tool_call_argument_begin|>"
    + dumps({"code": PROGRAM})
    + "<|tool_call_end|><|tool_calls_section_end|>",
    "function xml": f"<tool_call>\n<function=submit>\n<parameter=code>\n{PROGRAM}</parameter>\n</function>\n</tool_call>",
    "invoke xml": f'<function_calls>\n<invoke name="submit">\n<parameter name="code">{PROGRAM}</parameter>\n</invoke>\n</function_calls>',
    "arg_value": f"<tool_call>submit\n<arg_key>code</arg_key>\n<arg_value>{PROGRAM}</arg_value>\n</tool_call>",
    "python_tag": f"<|python_tag|>{PROGRAM}<|eom_id|>",
    "tool call python": f"submit(code={PROGRAM!r})",
    "tool call python fenced": f"```tool_code\nsubmit(code={PROGRAM!r})\n```",
    "thinking then json": f"<think>\n{FENCED_DRAFT}\n</think>\n" + dumps({"code": PROGRAM}),
    "harmony to=": "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>commentary to=functions.submit <|constrain|>json<|message|>"
    + dumps({"code": PROGRAM})
    + "<|call|>",
    "single backticks": f"`{SHORT}`",
    "single backticks lines": f"`{PROGRAM.rstrip()}`",
    "single backticks python": f"`python\n{PROGRAM.rstrip()}`",
    "single backtick own lines": f"`\n{PROGRAM}`\n",
    "double backticks": f"``\n{PROGRAM}``\n",
    "double backticks python": f"``python\n{PROGRAM}``\nIt adds.",
    "triple quotes": f"'''python\n{PROGRAM}'''",
    "triple quotes plain": f"'''\n{PROGRAM}'''\n",
    "triple double": f'Here:\n"""python\n{PROGRAM}"""\nok',
    "triple quotes words": f"Here it is:\n\n'''python\n{PROGRAM}'''\n\nIt doesn't fail.",
    "tildes words": f"Here:\n~~~\n{PROGRAM}~~~\nDone.",
    "fence words both": f"Sure ```python\n{PROGRAM}``` done.",
    "four tildes": f"~~~~python\n{PROGRAM}~~~~",
    "line numbers colon": "```python\n" + numbered(PROGRAM, ": ") + "```",
    "line numbers pipe": "```python\n" + numbered(PROGRAM, " | ", 1, 3) + "```",
    "line numbers tab": "```\n" + numbered(PROGRAM, "\t", 1, 6) + "```",
    "line numbers dot": "```\n" + numbered(PROGRAM, ". ") + "```",
    "line numbers space": "```\n" + numbered(PROGRAM, " ") + "```",
    "line numbers L": "```\n" + "".join(f"L{n}: {line}\n" for n, line in enumerate(PROGRAM.splitlines(), 1)) + "```",
    "line numbers bare": numbered(PROGRAM, ": "),
    "line numbers 2-wide": "```python\n" + numbered(PROGRAM, "  ", 8, 2) + "```",
    "crlf": ("Here:\n" + FENCED + "\nok").replace("\n", "\r\n"),
    "cr": ("Here:\n" + FENCED + "\nok").replace("\n", "\r"),
    "zero width": f"```python\n{PROGRAM}```".replace("total(", "total\u200b(").replace(
        "    result", "    \u200bresult"
    ),
    "zero width fence": f"\u200b```python\n{PROGRAM}```\u200b",
    "zero width bare": f"\u200b{PROGRAM}\u200b",
    "bom inside": f"```python\n\ufeff{PROGRAM}```",
    "nbsp": f"```python\n{PROGRAM}```".replace("    ", "\u00a0\u00a0\u00a0\u00a0"),
    "nbsp mix": f"```python\n{PROGRAM}```".replace("    ", " \u00a0 \u00a0"),
    "ideographic space": f"```python\n{PROGRAM}```".replace("    ", "\u3000\u3000"),
    "html bare": html.escape(COMPARING),
    "pre code html": "<pre><code>" + html.escape(PROGRAM) + "</code></pre>",
    "chinese": f"好的，这是代码：\n\n```python\n{PROGRAM}```\n\n说明：这个函数（total）把所有的值加起来。",
    "chinese bare": f"好的，以下是代码：\n{PROGRAM}\n说明：它把所有的值加起来。\n",
    "japanese": f"以下のコードです。\n```python\n{PROGRAM}```\nこれで動きます。",
    "russian bare": f"Вот решение:\n\n{PROGRAM}\n\nФункция складывает значения.",
    "writefile": f"```python\n%%writefile total.py\n{PROGRAM}```",
    "pip magic": f"```python\n!pip install numpy\n{PROGRAM}```",
    "matplotlib": f"```python\n%matplotlib inline\n{PROGRAM}\ntotal([1, 2])\n```",
    "In prompts": "```\n"
    "In [1]: def total(values):\n"
    + "".join(f"   ...: {line}\n" for line in BODY.splitlines())
    + "   ...: \n\nIn [2]: total([1])\nOut[2]: 1\n```",
    "percent cells": f"```python\n# %%\n{PROGRAM}\n# %%\nprint(total([1]))\n```",
    "diff git": "```diff\ndiff --git a/total.py b/total.py\nindex 1..2 100644\n--- a/total.py\n+++ b/total.py\n@@ -1,3 +1,5 @@\n def total(values):\n-    pass\n"
    + "".join(f"+{line}\n" for line in BODY.splitlines())
    + "\\ No newline at end of file\n```",
    "search replace": f"```python\n<<<<<<< SEARCH\ndef total(values):\n    pass\n=======\n{PROGRAM}>>>>>>> REPLACE\n```",
    "search replace bare": f"total.py\n<<<<<<< SEARCH\ndef total(values):\n    pass\n=======\n{PROGRAM}>>>>>>> REPLACE\n",
    "apply patch": "*** Begin Patch\n*** Add File: total.py\n"
    + "".join(f"+{line}\n" for line in PROGRAM.splitlines())
    + "*** End Patch\n",
    "file heading": f"**total.py**\n```python\n{PROGRAM}```\n\n**test_total.py**\n```python\nfrom total import total\n\ndef test_total():\n    assert total([1]) == 1\n```",
    "file names in comment": f"```python\n# total.py\n{PROGRAM}```\n```python\n# test_total.py\nimport total\nassert total.total([1]) == 1\n```",
    "file tag": f'<file path="total.py">\n{PROGRAM}</file>',
    "cdata": f"<code><![CDATA[\n{PROGRAM}]]></code>",
    "bbcode": f"[code]\n{PROGRAM}[/code]",
    "bbcode python": f"[code=python]\n{PROGRAM}[/code]",
    "lower python brackets": f"[python]\n{PROGRAM}[/python]",
    "latex listing": f"\\begin{{lstlisting}}[language=Python]\n{PROGRAM}\\end{{lstlisting}}",
    "latex verbatim": f"The answer:\n\\begin{{verbatim}}\n{PROGRAM}\\end{{verbatim}}\n",
    "boxed": f"\\boxed{{\n{FENCED}\n}}",
    "boxed glued": f"$$\\boxed{{{FENCED}}}$$",
    "rst": ".. code-block:: python\n\n" + "".join(f"    {line}\n" for line in PROGRAM.splitlines()) + "\nIt adds.\n",
    "asciidoc": f"[source,python]\n----\n{PROGRAM}----\n",
    "org": f"#+BEGIN_SRC python\n{PROGRAM}#+END_SRC\n",
    "begin end marks": f"# BEGIN SOLUTION\n{PROGRAM}# END SOLUTION\n",
    "dashes": f"----- code -----\n{PROGRAM}----- end -----\n",
    "equals": f"=====\n{PROGRAM}=====\n",
    "stars": f"**Solution:**\n\n{PROGRAM}\n\n**Explanation:** it adds.",
    "dollar": f"$ cat total.py\n{PROGRAM}$ python total.py\n6\n",
    "heredoc": f"```bash\ncat > total.py <<'EOF'\n{PROGRAM}EOF\npython total.py\n```",
    "half fence end only tag": f"{PROGRAM}```python\n",
    "two ticks closing": f"```python\n{PROGRAM}``\n",
    "language line in fence": f"```\npython\n{PROGRAM}```",
    "spaced fence": f"``` python\n{PROGRAM}``` \n",
    "fence with trailing colon": f"```python:\n{PROGRAM}```",
    "smart quotes": '```python\ndef total(values):\n    """Add."""\n    result = 0\n    for value in values:\n        result += value\n    return result\n```'.replace(
        '"""', "“““", 1
    ).replace('"""', "”””", 1),
    "final answer words": f"Draft:\n{FENCED_DRAFT}\n**Final Answer**\n{FENCED}\n",
    "corrected above": f"{FENCED_DRAFT}\nWait, that is wrong. Corrected version:\n{FENCED}\nThis passes.\n",
    "usage with name": f"{FENCED}\nUsage:\n```python\nresult = total([1, 2, 3])\nprint(result)\n```",
    "wrong example after": f"{FENCED}\n\nA common mistake:\n```python\ndef totals(values):\n    return max(values)\n```",
    "think plain words": f"Okay, let me think. The user wants total.\n\nSo maybe:\n{FENCED_DRAFT}\nNo.\n</think>\n\n{FENCED}",
    "mistral think no close": f"[THINK]hm[/THINK]{FENCED}",
    "gemma thought": f"<start_of_turn>model\nthought\nWe add.\n\n{FENCED}<end_of_turn>",
    "ernie": f"<think>\nhm\n{FENCED_DRAFT}\n</think>\n\n<response>\n{FENCED}\n</response>",
    "hunyuan": f"<think>\n{FENCED_DRAFT}\n</think>\n<answer>\n{FENCED}\n</answer>",
    "exaone": f"<thought>\n{FENCED_DRAFT}\n</thought>\n\n{FENCED}",
    "kimi": f"◁think▷{FENCED_DRAFT}◁/think▷{FENCED}",
    "cohere": f"<|START_THINKING|>{FENCED_DRAFT}<|END_THINKING|><|START_RESPONSE|>{FENCED}<|END_RESPONSE|>",
    "granite": f"Here is my thought process:\n{FENCED_DRAFT}\nHere is my response:\n{FENCED}",
    "seed": f"<seed:think>{FENCED_DRAFT}<seed:cot_budget_reflect>I have used 10 tokens</seed:cot_budget_reflect></seed:think>{FENCED}",
    "apertus": f"<|inner_prefix|>{FENCED_DRAFT}<|inner_suffix|>{FENCED}",
    "quoted reasoning": "> " + "\n> ".join(("Let me think\n" + FENCED_DRAFT + "\nno").splitlines()) + f"\n\n{FENCED}",
    "blockquote think": f"> **Thinking**\n> max?\n\n{FENCED}",
    "html details": f"<details>\n<summary>Reasoning</summary>\n\n{FENCED_DRAFT}\n</details>\n\n{FENCED}",
    "self-verification": f"{FENCED}\n\nLet me verify:\n```\ntotal([1, 2]) = 3\n```\n✓",
    "trailing eos in fence line": f"```python\n{PROGRAM}```<|im_end|>\n<|endoftext|>",
    "escaped newlines": "```python\n" + PROGRAM.replace("\n", "\\n") + "```",
    "quoted string": dumps(PROGRAM),
    "quoted string fenced": dumps(f"```python\n{PROGRAM}```"),
    "escaped fence": f"\\`\\`\\`python\n{PROGRAM}\\`\\`\\`",
    "markdown escapes": f"Here:\n{FENCED}\n".replace("```", "\u200b```"),
    "ansi": f"\x1b[32m{PROGRAM}\x1b[0m",
    "form feed": f"\x0c{PROGRAM}",
    "tabs": FENCED.replace("    ", "\t"),
    "emoji": f"🚀 Here we go!\n\n{FENCED}\n\n✅ Done",
    "list item code bare": "1. Code:\n\n    " + "    ".join(PROGRAM.splitlines(keepends=True)) + "\n2. Done\n",
}
"""Answers whose program is PROGRAM, or the one in MEANT."""

MEANT = {"html bare": COMPARING, "single backticks": SHORT}
