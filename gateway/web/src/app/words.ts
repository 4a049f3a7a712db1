import type { Words } from "../words";

export type SectionName =
  | "dashboard" | "events" | "components" | "experiments" | "conflicts" | "clients" | "logs" | "settings";

type Name = SectionName
  | "sections" | "skip" | "connecting" | "live" | "away" | "serverDeaf" | "asOf" | "language" | "light" | "dark" | "system" | "theme"
  | "waiting" | "waitingNone" | "account" | "logOut" | "api" | "menu" | "keys" | "keySearch" | "keyNext" | "keyHelp" | "keyGo"
  | "project" | "noPage" | "noPageRemedy" | "back" | "loading";

export const words: Words<Name> = {
  en: {
    dashboard: "Dashboard", events: "Events", components: "Components", experiments: "Experiments",
    conflicts: "Conflicts", clients: "Clients", logs: "Logs", settings: "Settings",
    sections: "Sections", skip: "Skip to the content", connecting: "Connecting…", live: "Live", away: "Connection lost, trying again",
    serverDeaf: "The server does not hear the log", asOf: "Data as of {0}", language: "Language", light: "Light", dark: "Dark",
    system: "As the system", theme: "Colours", waiting: "{0} waiting for you", waitingNone: "Nothing is waiting for you",
    account: "Account", logOut: "Log out", api: "API documentation", menu: "Menu", project: "Project", keys: "Keyboard",
    keySearch: "Go to the search of the page", keyNext: "Next and previous entry of a list", keyHelp: "This help",
    keyGo: "Go to a section, by its first letter", noPage: "There is no page here",
    noPageRemedy: "The address may have been cut off, or what it named is gone.", back: "To the dashboard", loading: "Loading…",
  },
  ko: {
    dashboard: "대시보드", events: "이벤트", components: "컴포넌트", experiments: "실험",
    conflicts: "충돌", clients: "클라이언트", logs: "로그", settings: "설정",
    sections: "메뉴", skip: "본문으로 건너뛰기", connecting: "연결 중…", live: "실시간", away: "연결이 끊겨 다시 시도하는 중",
    serverDeaf: "서버가 로그를 받지 못하고 있습니다", asOf: "{0} 기준 데이터", language: "언어", light: "밝게", dark: "어둡게",
    system: "시스템 설정", theme: "색상", waiting: "확인 대기: {0}", waitingNone: "확인할 것이 없습니다",
    account: "계정", logOut: "로그아웃", api: "API 문서", menu: "메뉴", project: "프로젝트", keys: "단축키",
    keySearch: "이 화면의 검색으로 이동", keyNext: "목록의 다음, 이전 항목", keyHelp: "이 도움말",
    keyGo: "첫 글자로 메뉴 이동", noPage: "이 주소에는 화면이 없습니다",
    noPageRemedy: "주소가 잘렸거나 가리키던 것이 없어졌을 수 있습니다.", back: "대시보드로", loading: "불러오는 중…",
  },
};
