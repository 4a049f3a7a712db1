import type { Words } from "../../words";

type Name = "waiting" | "decided" | "search" | "kind" | "kindAll" | "components" | "clients" | "none" | "noneRemedy" | "noneDecided"
  | "noneDecidedRemedy" | "noneFound" | "noneFoundRemedy" | "select" | "selectAll" | "selected" | "list" | "since" | "by" | "back"
  | "upload" | "uploadGone" | "download" | "downloadGone" | "skip" | "uploadEffect" | "uploadClientEffect" | "uploadGoneEffect"
  | "downloadEffect" | "downloadClientEffect" | "downloadGoneEffect" | "skipEffect" | "bulkUpload" | "bulkDownload" | "bulkSkip"
  | "bulkList" | "bulkDone" | "bulkRefused" | "decidedElsewhere" | "dismiss" | "server" | "common" | "base" | "gone" | "view" | "both"
  | "theirs" | "ours" | "noBase" | "whatChanges" | "changesServer" | "changesThere" | "changesNothing" | "fields" | "field" | "absent"
  | "merge" | "result" | "merged" | "choices" | "decidedBy" | "supersededNote" | "mayNot" | "most" | "somebody";

export const words: Words<Name> = {
  en: {
    waiting: "Waiting", decided: "Decided", search: "Search by path or name", kind: "Kind", kindAll: "All kinds",
    components: "Components", clients: "Configurations", none: "Nothing waits for a decision",
    noneRemedy: "A conflict appears here when a worker or a client and the server have both changed the same thing.",
    noneDecided: "Nothing was decided yet", noneDecidedRemedy: "Every decision stays here, with who made it.",
    noneFound: "Nothing fits the search", noneFoundRemedy: "Clear the search or choose another kind.",
    select: "Select {0}", selectAll: "Select all", selected: "{0} selected", list: "Conflicts",
    since: "since", by: "by {0}", back: "All conflicts",
    upload: "Upload {0}'s version to the server", uploadGone: "Remove it on the server, as {0} did",
    download: "Take the server's version on {0}", downloadGone: "Remove it on {0}, as on the server", skip: "Keep both as they are",
    uploadEffect: "{0}'s version becomes the active one, and all other workers get it with their next sync. The server's version stays in the history.",
    uploadClientEffect: "What {0} says becomes the common configuration, and all other clients get it with their next sync. What stood there stays in the history.",
    uploadGoneEffect: "It is removed for everybody with their next sync. Its history stays, and it can be brought back.",
    downloadEffect: "The file on {0} is replaced by the server's with its next sync. {0}'s version stays in the history.",
    downloadClientEffect: "The common configuration stays as it is, and is written into the files of {0} with its next sync.",
    downloadGoneEffect: "It is removed on {0} with its next sync.",
    skipEffect: "Nothing changes on either side. {0} goes on with its own, and you are asked again when one of the two changes.",
    bulkUpload: "Upload {0} to the server", bulkDownload: "Take the server's for {0}", bulkSkip: "Keep {0} as {0|it is|they are}",
    bulkList: "This will be done:", bulkDone: "{0} decided.", bulkRefused: "{0} not decided:",
    decidedElsewhere: "{0} was decided by {1}:", dismiss: "Dismiss the note", server: "Server, active", common: "Common configuration", base: "Base", gone: "{0} (nothing there)", view: "What is compared",
    both: "Server and {0}", theirs: "What {0} changed", ours: "What the server changed",
    merge: "Merge both", result: "What became of it", merged: "Merged by hand",
    noBase: "What {0} started from is not kept, so only the two sides can be compared.",
    whatChanges: "What will change", changesServer: "What changes on the server", changesThere: "What changes on {0}", changesNothing: "No content changes.",
    fields: "Fields that differ", field: "Field", absent: "not set", choices: "Decide",
    decidedBy: "Decided by {0}", supersededNote: "One of the two sides has changed since; another conflict stands for it.",
    mayNot: "Deciding takes the role user; you are a {0}. Ask an administrator.", most: "The newest {0} of each kind are shown; decide some to see more.",
    somebody: "somebody",
  },
  ko: {
    waiting: "결정 대기", decided: "결정됨", search: "경로 또는 이름 검색", kind: "종류", kindAll: "모든 종류",
    components: "컴포넌트", clients: "설정", none: "결정을 기다리는 충돌이 없습니다",
    noneRemedy: "워커나 클라이언트와 서버가 같은 것을 함께 변경하면 여기에 충돌로 표시됩니다.",
    noneDecided: "아직 결정된 충돌이 없습니다", noneDecidedRemedy: "모든 결정은 결정한 사람과 함께 여기에 남습니다.",
    noneFound: "검색 결과가 없습니다", noneFoundRemedy: "검색어를 지우거나 다른 종류를 선택하세요.",
    select: "{0} 선택", selectAll: "모두 선택", selected: "{0}건 선택됨", list: "충돌",
    since: "발생", by: "{0} 결정", back: "모든 충돌",
    upload: "{0}의 버전을 서버에 업로드", uploadGone: "{0}처럼 서버에서 삭제",
    download: "{0}에 서버 버전 적용", downloadGone: "서버처럼 {0}에서 삭제", skip: "둘 다 그대로 두기",
    uploadEffect: "{0}의 버전이 활성 버전이 되고, 다른 모든 워커가 다음 동기화 때 받습니다. 서버의 기존 버전은 기록에 남습니다.",
    uploadClientEffect: "{0}의 내용이 공통 설정이 되고, 다른 모든 클라이언트가 다음 동기화 때 받습니다. 기존 내용은 기록에 남습니다.",
    uploadGoneEffect: "다음 동기화 때 모두에게서 삭제됩니다. 기록은 남아 있어 되돌릴 수 있습니다.",
    downloadEffect: "{0}의 파일이 다음 동기화 때 서버 버전으로 바뀝니다. {0}의 버전은 기록에 남습니다.",
    downloadClientEffect: "공통 설정은 그대로이고, 다음 동기화 때 {0}의 파일에 기록됩니다.",
    downloadGoneEffect: "다음 동기화 때 {0}에서 삭제됩니다.",
    skipEffect: "양쪽 모두 바뀌지 않습니다. {0}은(는) 자기 버전을 계속 쓰며, 둘 중 하나가 바뀌면 다시 묻습니다.",
    bulkUpload: "{0}건을 서버에 업로드", bulkDownload: "{0}건에 서버 버전 적용", bulkSkip: "{0}건을 그대로 두기",
    bulkList: "다음과 같이 처리합니다:", bulkDone: "{0}건을 결정했습니다.", bulkRefused: "{0}건은 결정하지 못했습니다:",
    decidedElsewhere: "{1}님이 {0} 충돌을 결정했습니다:", dismiss: "알림 닫기", server: "서버(활성)", common: "공통 설정", base: "기준", gone: "{0} (없음)", view: "비교 대상",
    both: "서버와 {0}", theirs: "{0}의 변경", ours: "서버의 변경",
    merge: "양쪽 병합", result: "병합 결과", merged: "직접 병합한 내용",
    noBase: "{0}이(가) 시작한 기준이 보관되어 있지 않아 양쪽만 비교할 수 있습니다.",
    whatChanges: "변경 내용", changesServer: "서버에서 바뀌는 내용", changesThere: "{0}에서 바뀌는 내용", changesNothing: "바뀌는 내용이 없습니다.",
    fields: "서로 다른 필드", field: "필드", absent: "설정 안 됨", choices: "결정하기",
    decidedBy: "{0}님이 결정함", supersededNote: "그 후 한쪽이 바뀌어 다른 충돌로 대체되었습니다.",
    mayNot: "결정하려면 user 역할이 필요합니다. 현재 역할은 {0}입니다. 관리자에게 문의하세요.", most: "종류별로 최근 {0}건만 표시됩니다. 일부를 결정하면 더 볼 수 있습니다.",
    somebody: "다른 사람",
  },
};
