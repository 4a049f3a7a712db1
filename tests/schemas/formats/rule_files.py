"""Rule files as people and tools leave them, for the tests of front matter."""

from collections.abc import Callable

RULES = {
    "cursor auto": """\
---
description: API conventions
globs: src/api/**/*.ts,src/lib/*.ts
alwaysApply: false
---
Use zod for input.
""",
    "cursor always": "---\ndescription: \nglobs: \nalwaysApply: true\n---\n\n# House rules\n\n---\n\nBe kind.\n",
    "cursor one glob": "---\ndescription: Python\nglobs: *.py\nalwaysApply: false\n---\n- type hints\n",
    "cursor braces": "---\nglobs: src/**/*.{ts,tsx}, *.{js,jsx}\n---\n\n```yaml\n---\na: 1\n---\n```\n",
    "cursor manual": "---\n---\nOnly when asked.\n",
    "cursor, comments": """\
---
# who: the web team
description: "Use C# 12: records, not classes"   # said in May
globs: ["**/*.cs", '**/*.csx']

alwaysApply: false
# the end
---
body
""",
    "claude": """\
---
paths:
  - "src/**/*.{ts,tsx}"
  # tests, too
  - tests/**/*.test.ts
---

# Frontend
""",
    "claude, flow": '---\npaths: ["src/api/**/*.ts", lib/*.ts]\n---\nText\n',
    "claude, none": "# Always\n\nNo front matter here.\n\n---\n\npaths: none\n",
    "copilot": """\
---
applyTo: "**/*.ts,**/*.tsx"
description: 'It''s for TypeScript'
name: typescript
excludeAgent: code-review
---
Prefer interfaces.
""",
    "copilot all": '---\napplyTo: "**"\n---\n',
    "windsurf glob": "---\ntrigger: glob\nglobs: *.tsx,src/**/*.ts\n---\n\nUse hooks.\n",
    "windsurf model": """\
---
trigger: model_decision
description: >-
  When the database
  is changed
---
Write a migration.
""",
    "kiro": '---\ninclusion: fileMatch\nfileMatchPattern: ["components/**/*.tsx", "app/**"]\n---\n# Components\n',
    "kiro list": "---\ninclusion: fileMatch\nfileMatchPattern:\n- \"*.tf\"\n- '*.tfvars'\nname: infra\n---\n\n",
    "kiro manual": "---\ninclusion: manual\n---\n#[[file:api.yaml]]\n",
    "continue": """\
---
name: Docs
description: |
  # How to write
  Short sentences.
globs: "docs/**/*.md"
regex: ^import .* from
alwaysApply: false
---
Write.
""",
    "korean": "---\ndescription: 항상 한국어로 🙂\nglobs: 문서/**/*.md\n---\n한국어\n",
    "unknown": """\
---
metadata:
  owner: ana
  level: 3
tags: [a, b]
version: 1.0
description: see #12
odd line
---
x
""",
    "unterminated": "---\ndescription: no end\n\n# Title\n",
    "a rule of dashes": "\n---\ndescription: not at the beginning\n---\n",
    "empty": "",
}

VARIATIONS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "BOM": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "no last line end": lambda text: text.rstrip("\n").encode(),
    "wider": lambda text: text.replace("  - ", "      -  ").encode(),
    "bytes below": lambda text: text.encode() + b"\n\xff\x00\x1b---\n",
}

ALL = {f"{name}, {how}": made(text) for name, text in RULES.items() for how, made in VARIATIONS.items()}
