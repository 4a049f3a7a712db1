// What the page says, in the reader's language.

const WORDS = {
  en: {
    activate: "Make this the active version", active: "active", api: "API", asOf: "data as of {0}", away: "connection lost",
    components: "Components", confirm: "Make {0} of {1} the active version? The present one stays in the history.",
    deleted: "no active version", done: "{0} is active now", enter: "Log in", events: "Events", from: "From",
    hint: "Use the API key that was printed on the first start, or make a link with: headrace login-link",
    key: "API key", live: "live", login: "Log in", logout: "Log out", newer: "{0} new", none: "No component yet. Save a Python file in the watched tree, or run: headrace up --watch PATH",
    pause: "Pause", pick: "Pick a component", rate: "{0} events/s", resume: "Resume", same: "These two versions are the same.",
    search: "Search   ( / )", to: "To", versions: "{0} versions",
  },
  ko: {
    activate: "이 버전을 활성화", active: "활성", api: "API", asOf: "{0} 기준 데이터", away: "연결 끊김",
    components: "컴포넌트", confirm: "{1}의 {0} 버전을 활성화할까요? 현재 버전은 기록에 남습니다.",
    deleted: "활성 버전 없음", done: "{0} 버전이 활성화되었습니다", enter: "로그인", events: "이벤트", from: "이전",
    hint: "처음 시작할 때 출력된 API 키를 쓰거나 headrace login-link 명령으로 링크를 만드세요.",
    key: "API 키", live: "실시간", login: "로그인", logout: "로그아웃", newer: "새 이벤트 {0}개", none: "아직 컴포넌트가 없습니다. 감시 중인 트리에 Python 파일을 저장하거나 다음을 실행하세요: headrace up --watch PATH",
    pause: "일시정지", pick: "컴포넌트를 고르세요", rate: "초당 이벤트 {0}개", resume: "계속", same: "두 버전의 내용이 같습니다.",
    search: "검색   ( / )", to: "이후", versions: "버전 {0}개",
  },
};

let language = localStorage.getItem("language") ?? (navigator.language.startsWith("ko") ? "ko" : "en");

export const word = (name, ...values) => WORDS[language][name].replace(/\{(\d)\}/g, (_, n) => values[n]);

export function translate() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of document.querySelectorAll("[data-placeholder]")) {
    node.placeholder = word(node.dataset.placeholder);
    node.setAttribute("aria-label", word(node.dataset.placeholder));
  }
}

export function switchLanguage() {
  language = language === "ko" ? "en" : "ko";
  localStorage.setItem("language", language);
  translate();
}
