import type { Words } from "../../words";

type Name = "title" | "you" | "users" | "keys" | "audit" | "server" | "name" | "role" | "projects" | "everywhere" | "lastLogin" | "never"
  | "created" | "add" | "addUser" | "addKey" | "password" | "oldPassword" | "newPassword" | "change" | "changed" | "disabled" | "enable"
  | "disable" | "disableSays" | "remove" | "removeSays" | "revoke" | "revokeSays" | "owner" | "lastUsed" | "secretSays" | "noUsers"
  | "noUsersRemedy" | "noKeys" | "noKeysRemedy" | "actor" | "action" | "target" | "when" | "older" | "administratorsOnly" | "done"
  | "version" | "passwordHint" | "projectsHint" | "none" | "viewer" | "user" | "admin" | "state" | "acts" | "sections" | "expires"
  | "changeShort" | "disableShort" | "enableShort" | "removeShort" | "revokeShort" | "changeUser" | "changeSays" | "keepPassword" | "enableSays" | "keyProjectsHint" | "expiresHint";

export const words: Words<Name> = {
  en: {
    title: "Settings", you: "You", users: "Users", keys: "API keys", audit: "Audit log", server: "Server", name: "Name", role: "Role",
    projects: "Projects", everywhere: "all projects", lastLogin: "Last log-in", never: "never", created: "Created", add: "Add",
    addUser: "Add a user", addKey: "Make an API key", password: "Password", oldPassword: "Present password", newPassword: "New password",
    change: "Change the password", changed: "Your password is changed. All your other log-ins have ended.", disabled: "disabled",
    enable: "Let in again: {0}", disable: "Disable {0}", disableSays: "All log-ins and API keys of {0} end at once. They can be let in again.",
    remove: "Remove {0}", removeSays: "{0} and all their API keys are removed. What they did stays in the log. This cannot be undone.",
    revoke: "Revoke {0}", revokeSays: "Whoever uses this key is refused from now on. This cannot be undone.", owner: "Owner", lastUsed: "Last used",
    secretSays: "This is the key. It is shown this once: copy it now.", noUsers: "There are no users yet",
    noUsersRemedy: "Whoever has the server's key is an administrator. Add users for everybody else.", noKeys: "There are no API keys yet",
    noKeysRemedy: "Make one for each watcher and each program, so that one can be revoked alone.", actor: "Actor", action: "Action",
    target: "Target", when: "When", older: "Show older", administratorsOnly: "Only administrators see this.", done: "Done", version: "Version",
    passwordHint: "At least 8 characters.", projectsHint: "Such as lab, other=viewer: the role holds in lab, another one in other. Empty: it holds in all projects.",
    none: "none", viewer: "viewer: sees", user: "user: sees and changes", admin: "admin: may do everything", state: "State", acts: "Acts",
    sections: "Settings", expires: "Expires", changeUser: "Change {0}", changeShort: "Change",
    disableShort: "Disable", enableShort: "Let in again", removeShort: "Remove", revokeShort: "Revoke",
    changeSays: "All log-ins of {0} end, so that what you change holds at once.", keepPassword: "Empty: the password stays as it is.",
    enableSays: "{0} may log in again, with the same roles and password. API keys work again.",
    keyProjectsHint: "Names, separated by commas. Empty: all projects that you may.", expiresHint: "Empty: it works until it is revoked.",
  },
  ko: {
    title: "설정", you: "내 설정", users: "사용자", keys: "API 키", audit: "감사 로그", server: "서버", name: "이름", role: "역할",
    projects: "프로젝트", everywhere: "모든 프로젝트", lastLogin: "마지막 로그인", never: "없음", created: "생성", add: "추가",
    addUser: "사용자 추가", addKey: "API 키 만들기", password: "비밀번호", oldPassword: "현재 비밀번호", newPassword: "새 비밀번호",
    change: "비밀번호 변경", changed: "비밀번호를 변경했습니다. 다른 모든 로그인은 종료되었습니다.", disabled: "사용 중지됨",
    enable: "{0} 다시 허용", disable: "{0} 사용 중지", disableSays: "{0}의 모든 로그인과 API 키가 즉시 종료됩니다. 다시 허용할 수 있습니다.",
    remove: "{0} 삭제", removeSays: "{0} 사용자와 그 API 키가 모두 삭제됩니다. 한 일은 로그에 남습니다. 되돌릴 수 없습니다.",
    revoke: "{0} 폐기", revokeSays: "이 키를 쓰는 요청은 지금부터 거부됩니다. 되돌릴 수 없습니다.", owner: "소유자", lastUsed: "마지막 사용",
    secretSays: "발급된 키입니다. 지금 한 번만 표시되니 복사해 두세요.", noUsers: "아직 사용자가 없습니다",
    noUsersRemedy: "서버 키를 가진 사람은 관리자입니다. 다른 사람은 사용자로 추가하세요.", noKeys: "아직 API 키가 없습니다",
    noKeysRemedy: "감시기와 프로그램마다 따로 만들면 하나만 폐기할 수 있습니다.", actor: "행위자", action: "동작",
    target: "대상", when: "시각", older: "이전 기록 더 보기", administratorsOnly: "관리자만 볼 수 있습니다.", done: "완료", version: "버전",
    passwordHint: "8자 이상.", projectsHint: "예: lab, other=viewer. lab에는 위의 역할이, other에는 다른 역할이 적용됩니다. 비우면 모든 프로젝트에 적용됩니다.",
    none: "없음", viewer: "viewer: 보기", user: "user: 보기와 변경", admin: "admin: 모든 권한", state: "상태", acts: "동작",
    sections: "설정", expires: "만료", changeUser: "{0} 변경", changeShort: "변경",
    disableShort: "사용 중지", enableShort: "다시 허용", removeShort: "삭제", revokeShort: "폐기",
    changeSays: "변경 사항이 바로 적용되도록 {0}의 모든 로그인이 종료됩니다.", keepPassword: "비우면 비밀번호를 바꾸지 않습니다.",
    enableSays: "{0} 사용자가 같은 역할과 비밀번호로 다시 로그인할 수 있습니다. API 키도 다시 동작합니다.",
    keyProjectsHint: "이름을 쉼표로 구분합니다. 비우면 내가 접근할 수 있는 모든 프로젝트입니다.", expiresHint: "비우면 폐기할 때까지 유효합니다.",
  },
};
