import csv,hashlib
import polars as pl
from etl.readers.rows import TextTable
def read_export(path,*,delimiter="detect",encoding="detect",sheet=None):
    b=path.read_bytes(); r=csv.reader(path.open(newline='',encoding='utf-8'),strict=True)
    h=tuple(next(r)); rows=[];lines=[]
    ln=r.line_num
    for x in r:
        lines.append(ln+1); rows.append(x); ln=r.line_num
    return TextTable(h,pl.DataFrame({"line":lines,**{f"c{i}":[q[i] for q in rows] for i in range(len(h))}}),pl.DataFrame({"line":[],"fields":[]},schema={"line":pl.Int64,"fields":pl.Int64}),"utf-8",",",len(b),hashlib.sha256(b).hexdigest())
