// Islands that belong to a province and stand apart from it: where on the tile map, and what the outline calls them.
export const islands = {
  "vn-2026": [
    { name: "Hoàng Sa", name_en: "Hoang Sa", province: "48", row: 7, column: 5, outline: "hoangsa" },
    { name: "Trường Sa", name_en: "Truong Sa", province: "56", row: 11, column: 5, outline: "truongsa" },
  ],
};
