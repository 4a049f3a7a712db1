import type { Words } from "../../words";

export const words: Words<"title" | "body" | "parameters" | "required" | "tryIt" | "search" | "answer" | "role" | "none"> = {
  en: {
    title: "Headrace API", body: "Body", parameters: "Parameters", required: "required", tryIt: "Send", search: "Search the API",
    answer: "Answer", role: "needs the role {0}", none: "Nothing matches.",
  },
  ko: {
    title: "Headrace API", body: "본문", parameters: "매개변수", required: "필수", tryIt: "보내기", search: "API 검색",
    answer: "응답", role: "{0} 권한 필요", none: "일치하는 항목이 없습니다.",
  },
};
