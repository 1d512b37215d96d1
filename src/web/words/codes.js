// Why a report is held, refused or has to wait, by its code (proto/report.md). Codes that only a program can cause have no
// words of their own.
export const codes = {
  "code.bad-signature": ["Chữ ký không đúng với khóa này.", "The signature is not this key’s."],
  "code.unknown-key": ["Khóa này không còn dùng được.", "This key is no longer valid."],
  "code.voided": ["Ủy ban đã hủy báo cáo này.", "A committee has voided this report."],
  "code.voted-exceeds-registered": ["Nhiều hơn số cử tri trong danh sách.", "More than the voters on the roll."],
  "code.as-of-in-future": ["Giờ tính đến ở sau giờ của máy chủ.", "The time of the count is ahead of the server’s clock."],
  "code.as-of-before-opening": ["Giờ tính đến ở trước giờ mở cửa.", "The time of the count is before the polls opened."],
  "code.as-of-before-last": ["Giờ tính đến ở trước báo cáo trước.", "The time of the count is before that of the last report."],
  "code.count-decreased": ["Ít hơn báo cáo trước.", "Fewer than in the last report."],
  "code.roll-changed": ["Danh sách thay đổi nhiều.", "The roll has changed by much."],
  "code.too-fast": ["Tăng nhanh hơn một tổ làm được.", "More voters an hour than a unit can serve."],
  "code.complete-too-early": ["Mọi cử tri đã bỏ phiếu sớm bất thường.", "Everyone has voted unusually early."],
  "code.same-figures": ["Nhiều tổ báo cùng một con số.", "Many units report the same figure."],
  "code.correction": ["Mọi đính chính phải có người thứ hai xem.", "A second person looks at every correction."],
  "code.not-open": ["Cuộc bầu cử chưa mở. Máy giữ báo cáo và gửi lại.", "The election is not open yet. The report is kept and sent again."],
  "code.closed": [
    "Cuộc bầu cử đã đóng. Máy giữ báo cáo, và gửi lại nếu cuộc bầu cử mở lại. Gọi cho ủy ban xã.",
    "The election is closed. The report is kept, and sent again if the election is opened again. Call the commune.",
  ],
  "code.test-report": ["Đây là báo cáo diễn tập, mà cuộc bầu cử đã mở. Nhập số thật.", "This is a test report, and the election is open. Enter the real figure."],
  "code.too-many": ["Gửi quá nhiều trong một phút. Máy gửi lại.", "Too much in a minute. It is sent again."],
  "code.store-unavailable": ["Máy chủ chưa ghi được. Máy gửi lại.", "The server cannot store it now. It is sent again."],
  "code.clock-in-doubt": ["Máy chủ đang nghi ngờ đồng hồ của mình. Máy gửi lại.", "The server doubts its clock. It is sent again."],
};
