"""Files with permissions as people and programs have written them, and some without any."""

FILES = {
    "claude": """{
  "model": "x",
  "permissions": {
    "defaultMode": "plan",
    "allow": [
      "Bash(ls)"
    ]
  },
  "env": {}
}
""",
    "qwen": r"""{
  // mine
  "mcpServers": {"a": {"command": "x"}},
  "permissions": {
    "ask": ["Bash('\"')", /* so */ "Bash(})"]
  }
}
""",
    "cursor": """{
  "version": 1,
  "permissions": {
    "allow": ["Shell(ls)", "Shell(git:push *)"],
    "deny": ["Read(.env*)"] // mine
  }
}
""",
    "opencode": """{
  // mine
  "mcp": {},
  "permission": {
    "edit": "ask",
    "bash": {
      "*": "ask", // else
      "ls": "allow"
    }
  },
}
""",
    "rovodev": """# written by the tool
toolPermissions:
  default: ask
  bash:
    default: ask   # else
    commands:
      # by hand
      - command: ls.*
        permission: allow
mcp: {}
""",
}
"""By client."""

BARE = {
    "rovodev": """version: 1
# nothing else
""",
    "claude": '{\n\t"model": "x"\n}\n',
    "qwen": "{\n\t// mine\n}\n",
}

SEEDS: dict[str, list[str]] = {
    "lists": ["", '{"permissions": {"allow": ["Bash(git:*)"], "deny": ["Bash(git push *)"], "ask": ["Bash"]}}'],
    "cursor": ["", '{"permissions": {"allow": ["Shell(git)", "Mcp(docs:*)"], "deny": ["Shell(rm)"]}}'],
    "opencode": [
        "",
        '{"permission": {"bash": {"*": "ask", "git *": "allow", "git push *": "deny"}, "docs_*": "allow"}}',
        '{"permission": {"*": "deny", "bash": {"git push *": "deny", "git push": "allow"}}}',
    ],
    "rovodev": [
        "",
        """toolPermissions:
  bash:
    commands:
      - {command: 'git .*', permission: deny}
      - {command: pwd, permission: allow}
""",
    ],
}
"""Files that what is wanted may gainsay."""
