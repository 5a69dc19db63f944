"""Synthetic student table, same schema as stud.csv. gen.py --rows N --seed 42 [--csv out.csv] ; needs numpy+pandas.
Linear truth + clip to 0..100 + rounding; same rows for same (rows, seed)."""
import argparse, numpy as np, pandas as pd
L=dict(gender=["female","male"],race_ethnicity=["group A","group B","group C","group D","group E"],
 parental_level_of_education=["some high school","high school","some college","associate's degree","bachelor's degree","master's degree"],
 lunch=["free/reduced","standard"],test_preparation_course=["none","completed"])
P=dict(gender=[.518,.482],race_ethnicity=[.089,.190,.319,.262,.140],parental_level_of_education=[.179,.196,.226,.222,.118,.059],lunch=[.355,.645],test_preparation_course=[.642,.358])
ER=dict(gender=[3.5,-3.5],race_ethnicity=[-4,-1.5,0,1,3],parental_level_of_education=[-2.5,-3.5,0,1.5,3,5],lunch=[-4,2.5],test_preparation_course=[-2.5,4.5])  # on ability (reading/writing)
EM=dict(gender=[-6.5,6.5],race_ethnicity=[-1,-.5,0,.3,4],parental_level_of_education=[.5,.5,0,0,-.5,-1],lunch=[-2,1.5],test_preparation_course=[1,-2])   # direct, on math
def gen(n,seed=42):
    r=np.random.default_rng(seed); codes={k:r.choice(len(v),size=n,p=P[k]).astype(np.int8) for k,v in L.items()}
    a=69+sum(np.asarray(ER[k],float)[c] for k,c in codes.items())+r.normal(0,12.5,n)
    reading=np.clip(np.rint(a+r.normal(0,3,n)),0,100); writing=np.clip(np.rint(a-1+r.normal(0,3,n)),0,100)
    math=-1.5+.8*reading+.17*writing+sum(np.asarray(EM[k],float)[c] for k,c in codes.items())+r.normal(0,5.3,n)
    math=np.clip(np.rint(math),0,100)
    return codes,reading.astype(np.int64),writing.astype(np.int64),math.astype(np.int64)
def frame(n,seed=42):
    c,re,wr,ma=gen(n,seed)
    d={k:np.asarray(L[k],dtype=object)[c[k]] for k in L}
    return pd.DataFrame({**d,"math_score":ma,"reading_score":re,"writing_score":wr})
def onehot(n,seed=42,dtype=np.float32):
    """dense numeric matrix: reading, writing, then 17 one-hot columns"""
    c,re,wr,ma=gen(n,seed); X=np.zeros((n,19),dtype); X[:,0]=re; X[:,1]=wr; j=2
    for k in L:
        X[np.arange(n),j+c[k].astype(np.int64)]=1; j+=len(L[k])
    return X,ma.astype(np.float64)
if __name__=="__main__":
    p=argparse.ArgumentParser();p.add_argument("--rows",type=int,default=100000);p.add_argument("--seed",type=int,default=42);p.add_argument("--csv")
    a=p.parse_args(); d=frame(a.rows,a.seed); print(d.describe().loc[["mean","std","min","max"]]); print(d[["math_score","reading_score","writing_score"]].corr())
    if a.csv: d.to_csv(a.csv,index=False)
