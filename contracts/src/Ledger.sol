// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {Coin} from "./libraries/Coin.sol";
import {Domain} from "./Domain.sol";
import {Hashes} from "./libraries/Hashes.sol";
import {IEscrow} from "./IEscrow.sol";
import {Refusal} from "./libraries/Refusal.sol";
import {SumTree} from "./libraries/SumTree.sol";

/// @notice The books that every part of the escrow reads, and the steps that several of them take.
abstract contract Ledger is IEscrow, Domain {
    using BitMaps for BitMaps.BitMap;
    using Refusal for bytes4;

    /// Marks the numbers of forced epochs, so that they take no number from the settler's.
    uint256 internal constant FORCED = 1 << 31;
    uint256 internal constant OPEN = 1;
    uint256 internal constant CLOSING = 2;
    uint8 internal constant CLOSED = 3;

    mapping(bytes32 jobId => Job) internal _jobs;
    mapping(bytes32 jobId => mapping(uint256 number => Epoch)) internal _epochs;
    mapping(bytes32 jobId => mapping(uint256 number => BitMaps.BitMap)) internal _claimed;
    /// By the first epoch of a settler: who came before (160 bits), and since which epoch.
    mapping(bytes32 jobId => mapping(uint256 from => uint256 settlerAndFrom)) internal _formers;
    mapping(address token => mapping(address account => uint256)) internal _credits;

    /// @inheritdoc IEscrow
    function read(bytes32[] calldata slots) external view returns (bytes32[] memory) {
        assembly ("memory-safe") {
            let size := shl(5, slots.length)
            let words := mload(0x40)
            mstore(words, 32)
            mstore(add(words, 32), slots.length)
            for { let i := 0 } lt(i, size) { i := add(i, 32) } {
                mstore(add(add(words, 64), i), sload(calldataload(add(slots.offset, i))))
            }
            return(words, add(64, size))
        }
    }

    function _epochOf(bytes32 jobId, uint256 number) internal view returns (Epoch storage) {
        return _epochs[jobId][number];
    }

    /// Whose signature counts for an epoch.
    function _settlerOf(bytes32 jobId, uint256 number) internal view returns (address settler) {
        uint256 from = _jobs[jobId].settlerFrom;
        settler = _jobs[jobId].settler;
        while (number < from) {
            uint256 former = _formers[jobId][from];
            (settler, from) = (address(uint160(former)), former >> 160);
        }
    }

    /// A job that is not closed yet.
    function _live(bytes32 jobId) internal view returns (Job storage target) {
        target = _jobs[jobId];
        uint256 state = target.state;
        WrongState.selector.unless(state == OPEN || state == CLOSING, state, uint256(jobId));
    }

    function _idOf(Opening calldata opening) internal view returns (bytes32) {
        return Hashes.idOf(opening, ORIGIN);
    }

    /// Nothing of an opening is kept but its hash.
    function _requireOpening(Opening calldata opening, bytes32 jobId) internal view {
        bytes32 id = _idOf(opening);
        WrongJob.selector.unless(jobId == id, uint256(jobId), uint256(id));
    }

    /// New epochs are refused once the delay of the close is over.
    function _requireOngoing(Job storage target) internal view {
        uint256 closeAt = target.closeAt;
        TooLate.selector.unless(closeAt == 0 || block.timestamp < closeAt, block.timestamp, closeAt);
    }

    function _requireSigned(address signer, bytes32 structHash, bytes calldata signature) internal view {
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", _domainSeparator(), structHash));
        // First as an account's, which most are: to look for a contract at the signer would cost each of them 2 600 gas.
        (address recovered,,) = ECDSA.tryRecoverCalldata(digest, signature);
        bool isSigned = (recovered == signer && recovered != address(0))
            || SignatureChecker.isValidERC1271SignatureNowCalldata(signer, digest, signature);
        WrongSigner.selector.unless(isSigned, uint160(signer), uint256(structHash));
    }

    function _requireDepth(uint256 depth) internal pure {
        TooDeep.selector.unless(depth <= SumTree.MAX_DEPTH, depth, SumTree.MAX_DEPTH);
    }

    function _requireCaller(address needed) internal view {
        WrongCaller.selector.unless(msg.sender == needed, uint160(msg.sender), uint160(needed));
    }

    function _requireTime(uint256 due) internal view {
        TooEarly.selector.unless(block.timestamp >= due, block.timestamp, due);
    }

    function _requireBefore(uint256 limit) internal view {
        TooLate.selector.unless(block.timestamp < limit, block.timestamp, limit);
    }

    /// The final epoch that holds a leaf.
    function _requireFinal(ProvenLeaf calldata proven) internal view returns (Epoch storage posted) {
        posted = _epochOf(proven.jobId, proven.epoch);
        uint256 finalAt = posted.finalAt;
        NotFinal.selector.unless(finalAt != 0 && finalAt <= block.timestamp, proven.epoch, finalAt);
        SumTree.requireIn(posted.root, posted.total, posted.depth, proven.leaf, proven.proof);
    }

    /// Both words of an epoch of which nothing has been claimed; `facts` are packed as in Epoch.
    function _write(Epoch storage posted, bytes32 root, uint256 facts) internal {
        assembly ("memory-safe") {
            sstore(posted.slot, root)
            sstore(add(posted.slot, 1), facts)
        }
    }

    /// Earmarks an amount that the job can still pay.
    function _earmark(Job storage target, Terms calldata terms, uint256 added) internal {
        uint256 free = target.budget - terms.postReserve - target.committed;
        OverBudget.selector.unless(added <= free, added, free);
        target.committed += uint88(added);
    }

    /// Marks a leaf as paid; the caller of this function pays it. Nothing where it was paid before.
    function _consume(ProvenLeaf calldata proven) internal returns (uint256 amount) {
        Epoch storage posted = _requireFinal(proven);
        Leaf calldata leaf = proven.leaf;
        BitMaps.BitMap storage claimed = _claimed[proven.jobId][proven.epoch];
        if (claimed.get(leaf.index)) return 0;
        claimed.set(leaf.index);
        amount = leaf.amount;
        posted.claimed += uint88(amount); // at most the total: the tree sums what it proves
        emit Claimed(proven.jobId, proven.epoch, leaf.account, leaf.index, amount);
    }

    /// Marks those leaves of one account as paid that are not yet, and adds them up with its credit.
    function _consumeAll(address account, address token, ProvenLeaf[] calldata leaves) internal returns (uint256 sum) {
        sum = _takeCredit(token, account);
        for (uint256 i = 0; i < leaves.length; ++i) {
            ProvenLeaf calldata proven = leaves[i];
            _requireAccount(proven.leaf.account, account);
            _requireToken(_jobs[proven.jobId].token, token);
            sum += _consume(proven);
        }
    }

    function _min(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }

    function _requireAccount(address account, address needed) internal pure {
        WrongAccount.selector.unless(account == needed, uint160(account), uint160(needed));
    }

    function _requireToken(address token, address needed) internal pure {
        WrongToken.selector.unless(token == needed, uint160(token), uint160(needed));
    }

    /// Pays, or keeps the money for an account that refuses it, so that it stops nobody else.
    function _payOrCredit(address token, address account, uint256 amount) internal {
        if (amount == 0 || Coin.tryPay(token, account, amount)) return;
        _addCredit(token, account, amount);
    }

    function _addCredit(address token, address account, uint256 amount) internal {
        _credits[token][account] += amount;
        emit Credited(token, account, amount);
    }

    function _takeCredit(address token, address account) internal returns (uint256 amount) {
        amount = _credits[token][account];
        if (amount == 0) return 0;
        _credits[token][account] = 0;
        emit CreditPaid(token, account, amount);
    }
}
